import { Checkpoint, Event, EventList, Verification } from '../../../contract/events.ts'
import { type Description, json } from '../description.ts'

export const listEvents: Description = {
  id: 'listEvents',
  summary: 'List events',
  description: 'Newest first; with `after_seq` ascending, for a reader that follows the log.',
  tag: 'Audit log',
  permission: 'audit_log:read',
  answers: { 200: json('The events.', EventList) },
}

export const verifyEvents: Description = {
  id: 'verifyEvents',
  summary: 'Verify the chain of events',
  description:
    'Recomputes the hash of every event and compares it with the hashes recorded in the directory. This finds changed, missing and added events. A long log takes several requests: repeat with `cursor`.',
  tag: 'Audit log',
  permission: 'audit_log:read',
  answers: { 200: json('The result.', Verification) },
}

const LINE =
  '{"object":"event","id":"evt_01h455vb4pex5vsknk084sn02q","organization_id":"org_01h455vb4pex5vsknk084sn02q","seq":1, …}\n'

const TABLE = `seq,id,type,occurred_at,actor_type,actor_id,via_type,via_id,target_type,target_id,data,hash
1,evt_01h455vb4pex5vsknk084sn02q,organization.created,2026-03-02T09:30:00.000Z,operator,, …
`

export const exportEvents: Description = {
  id: 'exportEvents',
  summary: 'Export the whole log',
  description:
    'In its order, streamed. As NDJSON each line is an event; the last lines are checkpoints `{"object":"checkpoint","seq","hash"}`: hashes recorded in the directory. In CSV a leading quote keeps formulas from running.',
  tag: 'Audit log',
  permission: 'audit_log:read',
  answers: {
    200: {
      description: 'A file, in the format that was asked for.',
      headers: ['Content-Disposition'],
      content: { 'application/x-ndjson': { text: LINE, line: Event.or(Checkpoint) }, 'text/csv': { text: TABLE } },
    },
  },
}
