// Turns a block's allocation into fills, and its cancellation into busts: whatever the process that allocated lived to do.
import type { Saga, SagaCommand } from './saga.ts'

export const allocation: Saga<null> = {
  name: 'allocation',
  streamPrefixes: ['block-'],
  initial: null,
  see: (state, { events }) => ({
    state,
    commands: events.flatMap((event): SagaCommand[] => {
      const trigger = event.id
      switch (event.type) {
        case 'BlockAllocated':
          return [{ type: 'RecordAllocation', trigger, block: event.data.block, allocation: event.data.allocation }]
        case 'BlockAllocationCancelled':
          return [{ type: 'BustAllocation', trigger, block: event.data.block, allocation: event.data.allocation }]
        default:
          return []
      }
    }),
  }),
}
