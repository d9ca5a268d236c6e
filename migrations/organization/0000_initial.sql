CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`name` text NOT NULL,
	`permissions` text NOT NULL,
	`secret_hash` text NOT NULL,
	`last_four` text NOT NULL,
	`created_by_type` text NOT NULL,
	`created_by_id` text,
	`maker_left` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`last_used_at` integer,
	`revision` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `api_keys_secret` ON `api_keys` (`secret_hash`);--> statement-breakpoint
CREATE INDEX `api_keys_maker` ON `api_keys` (`created_by_id`) WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX `api_keys_version` ON `api_keys` (`version`,`id`);--> statement-breakpoint
CREATE TABLE `directory_progress` (
	`id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`positions` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `due` (
	`lane` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`since` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `erased_entries` (
	`seq` integer PRIMARY KEY NOT NULL,
	`erasure_seq` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `events` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`actor_type` text NOT NULL,
	`actor_id` text,
	`via_type` text,
	`via_id` text,
	`target_type` text NOT NULL,
	`target_id` text NOT NULL,
	`data` text NOT NULL,
	`personal` text,
	`salt` text,
	`personal_hash` text,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `events_target` ON `events` (`target_id`,`seq`);--> statement-breakpoint
CREATE INDEX `events_actor` ON `events` (`actor_id`,`seq`) WHERE actor_id is not null;--> statement-breakpoint
CREATE INDEX `events_rare` ON `events` (`seq`) WHERE type not in ('member.added', 'member.profile_updated', 'invitation.created', 'invitation.resent', 'invitation.accepted', 'invitation.expired');--> statement-breakpoint
CREATE TABLE `external_ids` (
	`source` text NOT NULL,
	`external_id` text NOT NULL,
	`member_id` text NOT NULL,
	PRIMARY KEY(`source`, `external_id`)
);
--> statement-breakpoint
CREATE TABLE `idempotency` (
	`key` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`value` text NOT NULL,
	`revision` integer NOT NULL,
	`row_revision` integer,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `idempotency_expires` ON `idempotency` (`expires_at`);--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`email` text NOT NULL,
	`name` text,
	`name_key` text NOT NULL,
	`role` text NOT NULL,
	`status` text NOT NULL,
	`send_count` integer NOT NULL,
	`delivery` text NOT NULL,
	`invited_by_type` text NOT NULL,
	`invited_by_id` text,
	`maker_id` text,
	`expires_at` integer NOT NULL,
	`sent_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`accepted_at` integer,
	`member_id` text,
	`revision` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `invitations_member` ON `invitations` (`member_id`) WHERE member_id is not null;--> statement-breakpoint
CREATE INDEX `invitations_created` ON `invitations` (`organization_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `invitations_pending` ON `invitations` (`expires_at`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `invitations_pending_name` ON `invitations` (`organization_id`,`name_key`,`id`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `invitations_version` ON `invitations` (`version`,`id`);--> statement-breakpoint
CREATE INDEX `invitations_maker` ON `invitations` (`maker_id`,`role`,`id`) WHERE status = 'pending' and maker_id is not null;--> statement-breakpoint
CREATE INDEX `invitations_email` ON `invitations` (`organization_id`,`email`,`id`);--> statement-breakpoint
CREATE INDEX `invitations_expires` ON `invitations` (`organization_id`,`expires_at`,`id`);--> statement-breakpoint
CREATE INDEX `invitations_role` ON `invitations` (`organization_id`,`role`,`id`) WHERE (status = 'pending' or status = 'expired');--> statement-breakpoint
CREATE TABLE `ledger` (
	`id` integer PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL,
	`version` integer NOT NULL,
	`event_seq` integer NOT NULL,
	`event_hash` text NOT NULL,
	`event_time` integer NOT NULL,
	`active_members` integer NOT NULL,
	`active_owners` integer NOT NULL,
	`suspended_members` integer NOT NULL,
	`removed_members` integer NOT NULL,
	`pending_invitations` integer NOT NULL,
	`mail_day` integer NOT NULL,
	`mail_count` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `members` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`user_id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`status` text NOT NULL,
	`source` text NOT NULL,
	`external_ids` text DEFAULT '{}' NOT NULL,
	`ending` text,
	`profile` text NOT NULL,
	`attributes` text DEFAULT '{}' NOT NULL,
	`person_name` text,
	`person_revision` integer DEFAULT 0 NOT NULL,
	`name_key` text NOT NULL,
	`joined_at` integer NOT NULL,
	`last_sign_in_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`revision` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `members_user` ON `members` (`user_id`,`organization_id`);--> statement-breakpoint
CREATE INDEX `members_email` ON `members` (`organization_id`,`email`,`id`);--> statement-breakpoint
CREATE INDEX `members_name` ON `members` (`organization_id`,`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `members_joined` ON `members` (`organization_id`,`joined_at`,`id`);--> statement-breakpoint
CREATE INDEX `members_status` ON `members` (`organization_id`,`status`,`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `members_version` ON `members` (`version`,`id`);--> statement-breakpoint
CREATE INDEX `members_role` ON `members` (`organization_id`,`role`,`id`);--> statement-breakpoint
CREATE INDEX `members_role_name` ON `members` (`organization_id`,`role`,`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `members_signed_in` ON `members` (`organization_id`,(case when last_sign_in_at is null then 0 else last_sign_in_at end),`id`);--> statement-breakpoint
CREATE TABLE `organizations` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`name_key` text NOT NULL,
	`slug` text NOT NULL,
	`external_id` text,
	`ownership` text NOT NULL,
	`seat_limit` integer,
	`upgrade_url` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	`revision` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `organizations_name` ON `organizations` (`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `organizations_external_id` ON `organizations` (`external_id`);--> statement-breakpoint
CREATE INDEX `organizations_deleted` ON `organizations` (`deleted_at`) WHERE deleted_at is not null;--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY NOT NULL,
	`messages` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `placement` (
	`id` integer PRIMARY KEY NOT NULL,
	`directory` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `roles` (
	`organization_id` text NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`permissions` text NOT NULL,
	`deleted` integer NOT NULL,
	`revision` integer NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`organization_id`, `key`)
);
--> statement-breakpoint
CREATE INDEX `roles_version` ON `roles` (`version`,`key`);--> statement-breakpoint
CREATE TABLE `unlogged_endings` (
	`id` integer PRIMARY KEY NOT NULL,
	`invitation_id` text NOT NULL,
	`actor` text NOT NULL
);
