import { RefusalCountList, SignInEntryList } from '../../../contract/sign-ins.ts'
import { type Description, json } from '../description.ts'

const KEPT =
  'Newest first, of the last 90 days. Entries are written after the answer that they are about, so the latest may be missing for a moment.'

export const listOwnSignIns: Description = {
  id: 'listOwnSignIns',
  summary: 'List own sign-ins',
  description: `Sign-ins, sign-outs, sessions that ended, organizations entered, and identities linked and unlinked. ${KEPT}`,
  tag: 'Own account',
  permission: 'user',
  answers: { 200: json('The entries.', SignInEntryList) },
}

export const listMemberSignIns: Description = {
  id: 'listMemberSignIns',
  summary: 'List the sign-ins of a member',
  description: `What a member did to reach this organization: the sign-ins that led here, and when they entered it from elsewhere. Sign-ins to other organizations are not listed. Everybody may see their own. ${KEPT}`,
  tag: 'Members',
  permission: 'audit_log:read',
  answers: { 200: json('The entries.', SignInEntryList) },
}

export const listAuthentication: Description = {
  id: 'listAuthentication',
  summary: 'List the authentication log',
  description: `Entries of all people and of the operator in the portal, who is named by operator key. ${KEPT}`,
  tag: 'Audit log',
  permission: 'operator',
  answers: { 200: json('The entries.', SignInEntryList) },
}

export const listRefusals: Description = {
  id: 'listRefusals',
  summary: 'List refused sign-ins',
  description:
    'Refused attempts, added up by hour and network, the latest hour first. Accounts and emails are not recorded.',
  tag: 'Audit log',
  permission: 'operator',
  answers: { 200: json('The counts.', RefusalCountList) },
}
