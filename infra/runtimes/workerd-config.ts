/** The date from which Node's modules are there without a flag. */
export const compatibilityDate = '2026-08-04'

const trigger = `export default {
  async fetch(_, env) {
    return Response.json(await env.SERVICE.scheduled({ scheduledTime: new Date(), cron: '* * * * *' }))
  },
}`

const text = (value: string): string => JSON.stringify(value)

/**
 * The service on one port, its cron trigger pulled by a request on another. What is not declared cannot be reached, so
 * loopback is named among the networks.
 */
export const workerdConfig = (
  bundle: string,
  settings: string[],
  { port, cronPort }: { port: number; cronPort: number },
): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ( name = "service", worker = (
      modules = [ ( name = "worker.js", esModule = embed ${text(bundle)} ) ],
      compatibilityDate = ${text(compatibilityDate)},
      bindings = [ ${settings.map((name) => `( name = ${text(name)}, fromEnvironment = ${text(name)} )`).join(', ')} ]
    ) ),
    ( name = "cron", worker = (
      modules = [ ( name = "cron.js", esModule = ${text(trigger)} ) ],
      compatibilityDate = ${text(compatibilityDate)},
      compatibilityFlags = [ "service_binding_extra_handlers" ],
      bindings = [ ( name = "SERVICE", service = "service" ) ]
    ) ),
    ( name = "internet", network = (
      allow = ["public", "private", "local"], tlsOptions = ( trustBrowserCas = true )
    ) )
  ],
  sockets = [
    ( name = "http", address = "127.0.0.1:${port}", http = (), service = "service" ),
    ( name = "cron", address = "127.0.0.1:${cronPort}", http = (), service = "cron" )
  ]
);
`
