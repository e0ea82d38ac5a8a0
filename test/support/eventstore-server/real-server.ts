// Finds a real EventStoreDB or KurrentDB for the contract: one that is named, else one in a container where Docker runs.
import { connect } from 'node:net'

export type RealServer =
  | { readonly kind: 'found'; readonly what: string; readonly start: () => Promise<Started> }
  | { readonly kind: 'none'; readonly why: string }

interface Started {
  readonly connectionString: string
  readonly stop: () => Promise<void>
}

const IMAGE = process.env.QUIPU_TEST_EVENTSTORE_IMAGE ?? 'kurrentplatform/kurrentdb:25.1'
const READY_MS = 120_000

export async function findRealServer(): Promise<RealServer> {
  const connectionString = process.env.QUIPU_TEST_EVENTSTORE
  if (connectionString !== undefined && connectionString !== '') {
    return {
      kind: 'found',
      what: 'QUIPU_TEST_EVENTSTORE',
      start: async () => ({ connectionString, stop: async () => {} }),
    }
  }
  if (await dockerAnswers()) return { kind: 'found', what: `container ${IMAGE}`, start: startContainer }
  const why = `QUIPU_TEST_EVENTSTORE names no server and no Docker engine answers to run ${IMAGE}.`
  return { kind: 'none', why }
}

async function startContainer(): Promise<Started> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer(IMAGE)
    // Before version 25 the product and its variables were called EVENTSTORE.
    .withEnvironment({ [IMAGE.includes('kurrent') ? 'KURRENTDB_INSECURE' : 'EVENTSTORE_INSECURE']: 'true' })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .withStartupTimeout(READY_MS)
    .start()
  const connectionString = `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`
  return { connectionString, stop: async () => void (await container.stop()) }
}

/** Whether something listens where Docker would; asking the engine itself would take seconds where there is none. */
async function dockerAnswers(): Promise<boolean> {
  const host = process.env.DOCKER_HOST
  const url = host?.startsWith('tcp://') ? new URL(host) : undefined
  const socket = host?.startsWith('unix://') ? host.slice('unix://'.length) : '/var/run/docker.sock'
  return new Promise((resolve) => {
    const connection = url ? connect(Number(url.port), url.hostname) : connect(socket)
    const done = (answer: boolean) => {
      connection.destroy()
      resolve(answer)
    }
    connection.setTimeout(1_000, () => done(false))
    connection.once('connect', () => done(true))
    connection.once('error', () => done(false))
  })
}
