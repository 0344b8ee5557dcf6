# Processes each event once. The directory `processed` has an empty file for each event: only one process can create it.
# With a database, use a table with a unique column instead, in the transaction of your own changes.
require 'digest'
require 'fileutils'
require 'json'

module Events
  DIRECTORY = ENV.fetch('PROCESSED_EVENTS', 'processed')
  FileUtils.mkdir_p(DIRECTORY)

  # Your work. cStar waits 10 seconds for the answer: put what takes longer into a queue here.
  def self.work(event)
    warn "processed #{event['type']} #{event['id']}"
  end

  # The status to answer an authentic request with: 208 is "already reported", and as good as 200 to cStar.
  def self.receive(body)
    event = JSON.parse(body)
    return 400 unless event.is_a?(Hash) && event['id'].is_a?(String) && event['type'].is_a?(String)

    # The id of the body is signed, X-Event-ID is not.
    file = File.join(DIRECTORY, Digest::SHA256.hexdigest(event['id']))
    begin
      File.open(file, File::WRONLY | File::CREAT | File::EXCL).close
    rescue Errno::EEXIST
      warn "already processed #{event['id']}"
      return 208
    end
    begin
      work(event)
    rescue StandardError
      # The next attempt tries again.
      File.delete(file)
      raise
    end
    200
  rescue JSON::ParserError
    400
  end
end
