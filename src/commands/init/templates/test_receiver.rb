# Tests the receiver with the sandbox, which needs `cstar` in PATH but no account and no network: ruby test_receiver.rb
require 'json'
require 'open3'
require 'tmpdir'

SERVER = %w[{{COMMAND}}].freeze
FLAGS = '--sandbox --json --count 2 --for 60s --path /webhook --exit-on-stdin-eof'.split.freeze

def next_line(dev, member, value)
  while (text = dev.gets)
    line = JSON.parse(text)
    return line if line[member] == value
  end
  abort "cstar dev has ended:\n#{File.read(ENV['CSTAR_TEST_LOG'])}"
end

def cstar(*args, code: 0)
  output, status = Open3.capture2e('cstar', *args)
  abort "cstar #{args.join(' ')}: #{output}" unless status.exitstatus == code
  output
end

Dir.mktmpdir('cstar-') do |home|
  log = File.join(home, 'log')
  ENV.update('CSTAR_HOME' => home, 'PROCESSED_EVENTS' => File.join(home, 'processed'), 'CSTAR_TEST_LOG' => log)
  Open3.popen2('cstar', 'dev', *FLAGS, '--', *SERVER, err: log) do |input, dev, thread|
    port = next_line(dev, 'state', 'listening')['port']
    next_line(dev, 'type', 'connected')

    fired = cstar('trigger', 'ticket.created', '--sandbox', '--json', '--quiet')
    next_line(dev, 'type', 'delivered')
    cstar('replay', JSON.parse(fired)['eventId'], '--sandbox')

    forged = ['--to', "http://localhost:#{port}/webhook", '--secret', 'whsec_wrong']
    abort 'a forged event was accepted' unless cstar('trigger', 'ticket.created', *forged, code: 1).include?('401')

    cstar('trigger', 'ticket.updated', '--sandbox')
    code = thread.value.exitstatus
    input.close
    printed = File.read(log)
    counts = [code, printed.scan('] processed ').count, printed.scan('] already processed ').count]
    abort "#{counts}, not [0, 2, 1]:\n#{printed}" unless counts == [0, 2, 1]
  end
end
puts 'each event is processed once, and a forged one is refused'
