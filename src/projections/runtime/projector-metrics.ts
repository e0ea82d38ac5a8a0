// What the projector counts for /metrics. Lanes are summed by projection: a label per portfolio would never end.
import { Gauge, type Registry } from 'prom-client'
import type { LaneStatus } from './lane-status.ts'

interface Observed {
  readonly position: bigint | undefined
  lanes(): LaneStatus[]
}

export function registerMetrics(registry: Registry, projector: Observed): void {
  new Gauge({
    name: 'quipu_projector_position',
    help: 'Log position up to which units were handed out to lanes.',
    registers: [registry],
    collect() {
      this.set(Number(projector.position ?? 0n))
    },
  })
  new Gauge({
    name: 'quipu_lane_pending_units',
    help: 'Units that wait in lanes, at least.',
    labelNames: ['projection'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { projection, pending } of projector.lanes()) this.inc({ projection }, pending)
    },
  })
  new Gauge({
    name: 'quipu_lanes',
    help: 'Lanes by state; a poisoned one has stopped at a unit that it cannot apply.',
    labelNames: ['projection', 'status'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { projection, status } of projector.lanes()) this.inc({ projection, status }, 1)
    },
  })
}
