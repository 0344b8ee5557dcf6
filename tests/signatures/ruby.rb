# What an app in Ruby hands to the check, for each mistake: WEBrick with the standard library, and Rails.
require 'action_controller/railtie'
require 'json'
require 'webrick'

class App < Rails::Application
  config.secret_key_base = 'x'
  config.eager_load = false
  config.logger = Logger.new(nil)
  config.hosts.clear
end

class HooksController < ActionController::API
  def create
    raw = request.raw_post
    wrong = {
      'parameters' => -> { request.request_parameters.to_json },
      'params' => -> { params.to_unsafe_h.to_json },
      'params-string' => -> { params.to_unsafe_h.to_s },
      'to-json' => -> { JSON.parse(raw).to_json }
    }
    render plain: wrong[params[:mistake]].call
  end
end

App.initialize!
App.routes.draw { post '/rails/:mistake', to: 'hooks#create' }

WRONG = {
  'to-json' => ->(raw) { JSON.parse(raw).to_json },
  'pretty' => ->(raw) { JSON.pretty_generate(JSON.parse(raw)) },
  'inspect-hash' => ->(raw) { JSON.parse(raw).inspect },
  'inspect-text' => ->(raw) { raw.dup.force_encoding('UTF-8').inspect },
  'latin1' => ->(raw) { raw.dup.force_encoding('ISO-8859-1').encode('UTF-8') },
  'strip' => ->(raw) { raw.strip },
  'scrub' => ->(raw) { raw.dup.force_encoding('US-ASCII').encode('UTF-8', invalid: :replace, undef: :replace) }
}.freeze
server = WEBrick::HTTPServer.new(Port: ARGV[0].to_i, BindAddress: '127.0.0.1', Logger: WEBrick::Log.new(nil, 0), AccessLog: [])
server.mount_proc('/webrick') { |q, r| r.body = WRONG[q.path.split('/').last].call(q.body) }
server.mount_proc('/rails') do |q, r|
  env = Rack::MockRequest.env_for(q.path, method: 'POST', input: q.body, 'CONTENT_TYPE' => 'application/json')
  _, _, body = App.call(env)
  r.body = body.to_enum.to_a.join
end
server.start
