import { test } from 'vitest'
import { noon } from '../../support/commands.ts'
import { invitation, organization, owner, recordDelivery } from '../../support/facts.ts'
import { answers, given, invitationIs } from '../../support/given.ts'

const acme = [organization(), owner('ann')]

test('what became of the mail shows at the invitation', () => {
  given(...acme, invitation('bob@x.test', { delivery: 'queued' }))
    .when(recordDelivery('bob@x.test', 'failed'))
    .then(answers({ recorded: 1 }), invitationIs('bob@x.test', { delivery: 'failed', status: 'pending' }))
})

test('a report about an earlier mail says nothing about the newest', () => {
  given(...acme, invitation('bob@x.test', { delivery: 'queued', sendCount: 2 }))
    .when(recordDelivery('bob@x.test', 'failed', { sendNumber: 1 }))
    .then(answers({ recorded: 0 }), invitationIs('bob@x.test', { delivery: 'queued' }))
})

test('a repeated or unknown report is passed over', () => {
  given(...acme, invitation('bob@x.test', { delivery: 'sent' }))
    .when(recordDelivery('bob@x.test', 'sent'))
    .then(answers({ recorded: 0 }))
  given(...acme)
    .when(recordDelivery('nobody@x.test', 'sent'))
    .then(answers({ recorded: 0 }))
})

test('what became of the mail is noted while the organization is deleted, for when it is restored', () => {
  given(organization({ deletedAt: noon }), invitation('bob@x.test', { delivery: 'queued' }))
    .when(recordDelivery('bob@x.test', 'failed'))
    .then(answers({ recorded: 1 }), invitationIs('bob@x.test', { delivery: 'failed' }))
})
