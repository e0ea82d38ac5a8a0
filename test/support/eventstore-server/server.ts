// A small in-memory server that speaks EventStoreDB's gRPC protocol, so that the unmodified client runs in every test.
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js'
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js'
import sharedPb from '@eventstore/db-client/generated/shared_pb.js'
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js'
import streamsPb from '@eventstore/db-client/generated/streams_pb.js'
import { type Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js'
import { Appending } from './appending.ts'
import type { Faults, LiveSubscription } from './faults.ts'
import { EventLog, type Expected } from './log.ts'
import * as say from './messages.ts'
import { Reading } from './reading.ts'

const STREAMS = 'event_store.client.streams.Streams'

export class EventStoreServer {
  /** What it does wrong; a test sets the members it needs, at any time. */
  readonly faults: Faults = {}
  readonly log: EventLog = new EventLog(() => Date.now() + (this.faults.clockAheadMs ?? 0))
  readonly #appending = new Appending(this.log, this.faults)
  readonly #reading = new Reading(this.log, this.faults)
  #server: Server | undefined
  #port: number

  private constructor(port: number) {
    this.#port = port
  }

  /** @param port 0 for any free one; a restart takes the same one again. */
  static async start(port = 0): Promise<EventStoreServer> {
    const server = new EventStoreServer(port)
    await server.resume()
    return server
  }

  get port(): number {
    return this.#port
  }

  get connectionString(): string {
    return `esdb://127.0.0.1:${this.#port}?tls=false`
  }

  /** The subscriptions open now, for a test to end, break or stall. */
  get subscriptions(): readonly LiveSubscription[] {
    return [...this.#reading.subscriptions]
  }

  /** Cuts every connection and refuses new ones; what was written stays. */
  stop(): void {
    for (const subscription of this.subscriptions) subscription.end()
    this.#server?.forceShutdown()
    this.#server = undefined
  }

  /** Listens again on the same port, with what was written and without the memory of ids. */
  async resume(): Promise<void> {
    this.log.forgetIds()
    const server = new Server({ 'grpc.max_receive_message_length': 16 * 1024 * 1024 })
    server.addService(streamsGrpc.StreamsService, {
      append: guarded(this.faults, (call, answer) => this.#appending.append(call, answer)),
      batchAppend: (call) => this.#appending.batchAppend(call),
      read: (call) => {
        const refusal = notLeader(this.faults, call.metadata)
        if (refusal !== undefined) call.emit('error', refusal)
        else void this.#reading.read(call)
      },
      delete: (call, answer) => {
        const [stream, expected] = deletion(call.request.getOptions())
        const outcome = this.log.delete(stream, expected, 'soft')
        if (outcome.kind === 'stream-deleted') return answer(say.streamDeleted(stream))
        if (outcome.kind !== 'written') return answer(wrongVersion(stream, expected, outcome))
        const position = new streamsPb.DeleteResp.Position().setCommitPosition(String(outcome.position))
        answer(null, new streamsPb.DeleteResp().setPosition(position.setPreparePosition(String(outcome.position))))
      },
      tombstone: (call, answer) => {
        const [stream, expected] = deletion(call.request.getOptions())
        const outcome = this.log.delete(stream, expected, 'tombstone')
        if (outcome.kind === 'stream-deleted') return answer(say.streamDeleted(stream))
        if (outcome.kind !== 'written') return answer(wrongVersion(stream, expected, outcome))
        const position = new streamsPb.TombstoneResp.Position().setCommitPosition(String(outcome.position))
        answer(null, new streamsPb.TombstoneResp().setPosition(position.setPreparePosition(String(outcome.position))))
      },
    } satisfies streamsGrpc.IStreamsServer)
    server.addService(featuresGrpc.ServerFeaturesService, {
      getSupportedMethods: async (_, answer) => {
        const verdict = (await this.faults.supportedMethods?.()) ?? 'go-on'
        if (verdict === 'never-answer') return
        if (verdict !== 'go-on') return answer(say.failure(verdict.fail, verdict.details ?? 'a fault of the test'))
        answer(null, supportedMethods())
      },
    } satisfies featuresGrpc.IServerFeaturesServer)
    server.addService(gossipGrpc.GossipService, {
      read: (_, answer) => answer(null, this.#members()),
    } satisfies gossipGrpc.IGossipServer)
    this.#port = await new Promise<number>((resolve, reject) => {
      const address = `127.0.0.1:${this.#port}`
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      )
    })
    this.#server = server
  }

  /** A cluster of one: itself, or itself as a follower and the leader that `faults.leader` names. */
  #members(): gossipPb.ClusterInfo {
    const { LEADER, FOLLOWER } = gossipPb.MemberInfo.VNodeState
    const { leader } = this.faults
    const info = new gossipPb.ClusterInfo()
    info.addMembers(member('127.0.0.1', this.#port, leader === undefined ? LEADER : FOLLOWER))
    if (leader !== undefined) info.addMembers(member(leader.host, leader.port, LEADER))
    return info
  }
}

type AppendHandler = streamsGrpc.IStreamsServer['append']
function guarded(faults: Faults, handler: AppendHandler): AppendHandler {
  return (call, answer) => {
    const refusal = notLeader(faults, call.metadata)
    if (refusal !== undefined) answer(refusal)
    else handler(call, answer)
  }
}

function notLeader({ leader }: Faults, metadata: Metadata) {
  if (leader === undefined || metadata.get('requires-leader')[0] !== 'true') return undefined
  const trailers = { 'leader-endpoint-host': leader.host, 'leader-endpoint-port': String(leader.port) }
  return say.failure(status.NOT_FOUND, 'Leader info available', { exception: 'not-leader', ...trailers })
}

function deletion(
  options: streamsPb.DeleteReq.Options | streamsPb.TombstoneReq.Options | undefined,
): [string, Expected] {
  const stream = say.nameOf(options?.getStreamIdentifier())
  if (options === undefined || options.hasAny()) return [stream, { kind: 'any' }]
  if (options.hasNoStream()) return [stream, { kind: 'no-stream' }]
  if (options.hasStreamExists()) return [stream, { kind: 'exists' }]
  return [stream, { kind: 'exact', revision: BigInt(options.getRevision()) }]
}

function wrongVersion(stream: string, expected: Expected, outcome: ReturnType<EventLog['delete']>) {
  return say.wrongVersionFailure(
    stream,
    expected,
    outcome.kind === 'wrong-expected-version' ? outcome.current : undefined,
  )
}

function supportedMethods(): featuresPb.SupportedMethods {
  const features: Record<string, string[]> = { read: ['position', 'events'], batchappend: ['deadline_duration'] }
  const methods = new featuresPb.SupportedMethods().setEventStoreServerVersion('24.10.0')
  for (const name of ['read', 'append', 'delete', 'tombstone', 'batchappend']) {
    const method = new featuresPb.SupportedMethod().setServiceName(STREAMS.toLowerCase()).setMethodName(name)
    methods.addMethods(method.setFeaturesList(features[name] ?? []))
  }
  return methods
}

function member(address: string, port: number, state: gossipPb.MemberInfo.VNodeState): gossipPb.MemberInfo {
  const endPoint = new gossipPb.EndPoint().setAddress(address).setPort(port)
  const id = new sharedPb.UUID().setString(`00000000-0000-4000-9000-${String(port).padStart(12, '0')}`)
  const info = new gossipPb.MemberInfo().setInstanceId(id).setTimeStamp(String(Date.now()))
  return info.setState(state).setIsAlive(true).setHttpEndPoint(endPoint)
}
