// Instruments: registered, amended, renamed, classified; their corporate actions announced, amended, cancelled.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import {
  amendAction,
  amendInstrument,
  announceAction,
  assignIdentifier,
  cancelAction,
  classifyInstrument,
  recordFixing,
  registerInstrument,
  withdrawIdentifier,
} from '../../application/commands/reference.ts'
import { ROLES_FOR } from '../access.ts'
import { command } from '../command-route.ts'
import type { ApiDependencies } from '../context.ts'
import { read } from '../read-route.ts'

const tag = 'instruments'
const actions = 'corporate actions'
const id = z.string().max(64).optional()
const date = z.iso.date().optional()

export function instrumentRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  const { instruments } = deps.app
  const access = ROLES_FOR.reference
  command(api, {
    url: '/v1/instruments',
    tag,
    summary: 'Register an instrument',
    access,
    body: registerInstrument,
    run: ({ body, context }) => instruments.register(body, context),
  })
  command(api, {
    url: '/v1/instruments/amend',
    tag,
    summary: 'Change what is named',
    access,
    body: amendInstrument,
    run: ({ body, context }) => instruments.amend(body, context),
  })
  command(api, {
    url: '/v1/instruments/identifiers',
    tag,
    summary: 'Give it an identifier from a date on',
    access,
    body: assignIdentifier,
    run: ({ body, context }) => instruments.assign(body, context),
  })
  command(api, {
    url: '/v1/instruments/identifiers/withdraw',
    tag,
    summary: 'An identifier that never named it',
    access,
    body: withdrawIdentifier,
    run: ({ body, context }) => instruments.withdraw(body, context),
  })
  command(api, {
    url: '/v1/instruments/classifications',
    tag,
    summary: 'Classify it from a date on',
    access,
    body: classifyInstrument,
    run: ({ body, context }) => instruments.classify(body, context),
  })
  command(api, {
    url: '/v1/instruments/fixings',
    tag,
    summary:
      'A floating rate, an index ratio or a pool factor from a date on; the same kind and date again replaces it',
    access,
    body: recordFixing,
    run: ({ body, context }) => instruments.recordFixing(body, context),
  })
  command(api, {
    url: '/v1/corporate-actions',
    tag: actions,
    summary: 'Announce an action',
    access,
    body: announceAction,
    run: ({ body, context }) => instruments.announce(body, context),
  })
  command(api, {
    url: '/v1/corporate-actions/amend',
    tag: actions,
    summary: 'The newest terms, whole: every holder re-flows',
    access,
    body: amendAction,
    run: ({ body, context }) => instruments.amendAction(body, context),
  })
  command(api, {
    url: '/v1/corporate-actions/cancel',
    tag: actions,
    summary: 'An action that will not happen, or never did',
    access,
    body: cancelAction,
    run: ({ body, context }) => instruments.cancelAction(body, context),
  })

  const { readModels } = deps
  read(api, deps, 'shared', {
    url: '/v1/instruments',
    tag,
    summary: 'Instruments, by id, type or any identifier that names or named them',
    access: ROLES_FOR.read,
    query: {
      instrument: id,
      type: z.string().max(20).optional(),
      scheme: z.string().max(20).optional(),
      value: z.string().max(40).optional(),
    },
    read: ({ instrument, type, scheme, value, asAt }, page) =>
      readModels.instruments({
        instrument,
        type,
        asAt,
        ...(scheme === undefined || value === undefined ? {} : { identifier: { scheme, value } }),
        ...page,
      }),
  })
  read(api, deps, 'shared', {
    url: '/v1/instruments/identifiers',
    tag,
    summary: 'Identifiers with their dates',
    access: ROLES_FOR.read,
    query: { instrument: z.string().max(64) },
    read: ({ instrument = '', asAt }, page) => readModels.identifiers({ instrument, asAt, ...page }),
  })
  read(api, deps, 'shared', {
    url: '/v1/instruments/classifications',
    tag,
    summary: 'Classifications with their dates',
    access: ROLES_FOR.read,
    query: { instrument: z.string().max(64) },
    read: ({ instrument = '', asAt }, page) => readModels.classifications({ instrument, asAt, ...page }),
  })
  read(api, deps, 'shared', {
    url: '/v1/corporate-actions',
    tag: actions,
    summary: 'Corporate actions by ex-date, cancelled ones too',
    access: ROLES_FOR.read,
    query: { instrument: id, from: date, to: date },
    read: ({ instrument, from, to, asAt }, page) => readModels.actions({ instrument, from, to, asAt, ...page }),
  })
}
