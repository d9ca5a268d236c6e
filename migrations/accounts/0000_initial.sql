CREATE TABLE `account_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`message` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `account_mails_created` ON `account_mails` (`created_at`);--> statement-breakpoint
CREATE TABLE `address_changes` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`former_email` text NOT NULL,
	`changed_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `address_changes_user` ON `address_changes` (`user_id`,`changed_at`);--> statement-breakpoint
CREATE INDEX `address_changes_expires` ON `address_changes` (`expires_at`);--> statement-breakpoint
CREATE TABLE `attempts` (
	`key` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `attempts_expires` ON `attempts` (`expires_at`);--> statement-breakpoint
CREATE TABLE `creation_answers` (
	`key` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`resource_id` text NOT NULL,
	`answer` text,
	`row_revision` integer,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `creation_answers_expires` ON `creation_answers` (`expires_at`);--> statement-breakpoint
CREATE INDEX `creation_answers_resource` ON `creation_answers` (`resource_id`);--> statement-breakpoint
CREATE TABLE `creation_claims` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`created_by` text,
	`owner_id` text,
	`directory` text NOT NULL,
	`claimed_at` integer NOT NULL,
	`confirmed` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `creation_claims_creator` ON `creation_claims` (`created_by`);--> statement-breakpoint
CREATE INDEX `creation_claims_owner` ON `creation_claims` (`owner_id`);--> statement-breakpoint
CREATE INDEX `creation_claims_open` ON `creation_claims` (`claimed_at`) WHERE confirmed = 0;--> statement-breakpoint
CREATE TABLE `delayed_mails` (
	`message_id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`recipient` text NOT NULL,
	`message` text NOT NULL,
	`is_new` integer NOT NULL,
	`in_line` integer NOT NULL,
	`queued_at` integer NOT NULL,
	`not_before` integer NOT NULL,
	`released_at` integer
);
--> statement-breakpoint
CREATE INDEX `delayed_mails_due` ON `delayed_mails` (`is_new`,`not_before`,`queued_at`);--> statement-breakpoint
CREATE INDEX `delayed_mails_recipient` ON `delayed_mails` (`recipient`,`is_new`,`queued_at`);--> statement-breakpoint
CREATE TABLE `devices` (
	`user_id` text NOT NULL,
	`id_hash` text NOT NULL,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `id_hash`)
);
--> statement-breakpoint
CREATE INDEX `devices_last_seen` ON `devices` (`last_seen_at`);--> statement-breakpoint
CREATE TABLE `email_challenges` (
	`purpose` text NOT NULL,
	`subject` text NOT NULL,
	`id` text NOT NULL,
	`email` text NOT NULL,
	`invitation` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`purpose`, `subject`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `email_challenges_id` ON `email_challenges` (`id`);--> statement-breakpoint
CREATE INDEX `email_challenges_expires` ON `email_challenges` (`expires_at`);--> statement-breakpoint
CREATE TABLE `environment_events` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`actor_type` text NOT NULL,
	`actor_id` text,
	`via_type` text,
	`via_id` text,
	`target_type` text NOT NULL,
	`target_id` text NOT NULL,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `environment_events_target` ON `environment_events` (`target_id`,`seq`);--> statement-breakpoint
CREATE INDEX `environment_events_actor` ON `environment_events` (`actor_id`,`seq`);--> statement-breakpoint
CREATE INDEX `environment_events_deletions` ON `environment_events` (`occurred_at`) WHERE type = 'user.deleted';--> statement-breakpoint
CREATE TABLE `erasure_progress` (
	`user_id` text NOT NULL,
	`organization_id` text NOT NULL,
	PRIMARY KEY(`user_id`, `organization_id`)
);
--> statement-breakpoint
CREATE TABLE `former_emails` (
	`user_id` text NOT NULL,
	`email` text NOT NULL,
	`until` integer NOT NULL,
	`deleted_at` integer,
	`sought_until` integer,
	PRIMARY KEY(`user_id`, `email`)
);
--> statement-breakpoint
CREATE INDEX `former_emails_sought` ON `former_emails` (`sought_until`) WHERE sought_until is not null;--> statement-breakpoint
CREATE TABLE `identities` (
	`id` text NOT NULL,
	`issuer` text NOT NULL,
	`subject` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`authenticated_at` integer,
	`unlinked_at` integer,
	`tokens_valid_from` integer,
	PRIMARY KEY(`issuer`, `subject`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `identities_id` ON `identities` (`id`);--> statement-breakpoint
CREATE INDEX `identities_user` ON `identities` (`user_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `mail_attempts` (
	`message_id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`claimed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `mail_attempts_claimed` ON `mail_attempts` (`claimed_at`);--> statement-breakpoint
CREATE TABLE `mail_blocks` (
	`id` text PRIMARY KEY NOT NULL,
	`email_hash` text NOT NULL,
	`email` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `mail_blocks_email` ON `mail_blocks` (`email_hash`);--> statement-breakpoint
CREATE INDEX `mail_blocks_created` ON `mail_blocks` (`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `mailbox` (
	`id` text PRIMARY KEY NOT NULL,
	`to_address` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`html` text NOT NULL,
	`links` text NOT NULL,
	`sent_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `mailbox_to` ON `mailbox` (`to_address`,`sent_at`);--> statement-breakpoint
CREATE INDEX `mailbox_sent` ON `mailbox` (`sent_at`);--> statement-breakpoint
CREATE TABLE `operator_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`access` text NOT NULL,
	`secret_hash` text NOT NULL,
	`last_four` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `operator_keys_secret` ON `operator_keys` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `operator_keys_name` ON `operator_keys` (`name`) WHERE revoked_at is null;--> statement-breakpoint
CREATE TABLE `operator_sessions` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`key_id` text,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `operator_sessions_key` ON `operator_sessions` (`key_id`);--> statement-breakpoint
CREATE INDEX `operator_sessions_expires` ON `operator_sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`user_id` text NOT NULL,
	`method` text NOT NULL,
	`organization_id` text,
	`reach_organization_id` text,
	`user_agent` text,
	`created_at` integer NOT NULL,
	`authenticated_at` integer,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token` ON `sessions` (`token_hash`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`,`last_seen_at`);--> statement-breakpoint
CREATE INDEX `sessions_expires` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `settings` (
	`id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `slug_claims` (
	`slug` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`claimed_at` integer NOT NULL,
	`unsettled_at` integer
);
--> statement-breakpoint
CREATE INDEX `slug_claims_organization` ON `slug_claims` (`organization_id`);--> statement-breakpoint
CREATE INDEX `slug_claims_unsettled` ON `slug_claims` (`unsettled_at`) WHERE unsettled_at is not null;--> statement-breakpoint
CREATE TABLE `sweep_marks` (
	`chore` text NOT NULL,
	`subject` text NOT NULL,
	`queued_at` integer NOT NULL,
	PRIMARY KEY(`chore`, `subject`)
);
--> statement-breakpoint
CREATE INDEX `sweep_marks_queued` ON `sweep_marks` (`queued_at`);--> statement-breakpoint
CREATE TABLE `sweep_positions` (
	`name` text PRIMARY KEY NOT NULL,
	`after` text,
	`round_began_at` integer NOT NULL,
	`last_round_ms` integer
);
--> statement-breakpoint
CREATE TABLE `sweeps` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`failed` text NOT NULL,
	`unfinished` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `user_attributes` (
	`key` text PRIMARY KEY NOT NULL,
	`label` text NOT NULL,
	`type` text NOT NULL,
	`options` text,
	`required` integer NOT NULL,
	`user_editable` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer NOT NULL,
	`name` text,
	`name_key` text NOT NULL,
	`attributes` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`last_sign_in_at` integer,
	`last_organization_id` text,
	`revision` integer DEFAULT 1 NOT NULL,
	`settled_revision` integer DEFAULT 1 NOT NULL,
	`tokens_valid_from` integer,
	`opened_by` text,
	`closing_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `users_name` ON `users` (`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `users_unsettled` ON `users` (`updated_at`) WHERE settled_revision < revision;--> statement-breakpoint
CREATE INDEX `users_closing` ON `users` (`closing_at`) WHERE closing_at is not null;--> statement-breakpoint
CREATE TABLE `waiting_organizations` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`directory_since` integer,
	`mail_since` integer,
	`woken_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `waiting_organizations_directory` ON `waiting_organizations` (`directory_since`) WHERE directory_since is not null;--> statement-breakpoint
CREATE INDEX `waiting_organizations_mail` ON `waiting_organizations` (`mail_since`) WHERE mail_since is not null;--> statement-breakpoint
CREATE INDEX `waiting_organizations_woken` ON `waiting_organizations` (`woken_at`);