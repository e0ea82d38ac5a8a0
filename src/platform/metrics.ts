// The registry behind /metrics: what the process and each part of Quipu count, in Prometheus' text format.
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/**
 * A registry of its own (not the library's global one, so that tests can make many), holding Node's process metrics and
 * `quipu_build_info`. Each part registers its counters on it under the prefix `quipu_`.
 */
export function createMetrics(version: string): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'quipu_build_info',
    help: 'Constant 1, labelled with the version that runs.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.version }, 1)
  return registry
}
