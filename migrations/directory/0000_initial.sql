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
CREATE TABLE `erased_organizations` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`erased_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `erased_organizations_erased` ON `erased_organizations` (`erased_at`);--> statement-breakpoint
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
CREATE INDEX `invitations_email` ON `invitations` (`email`,`organization_id`,`sent_at`);--> statement-breakpoint
CREATE TABLE `log_checkpoints` (
	`organization_id` text NOT NULL,
	`block` integer NOT NULL,
	`seq` integer NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`organization_id`, `block`)
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
CREATE TABLE `projections` (
	`organization_id` text PRIMARY KEY NOT NULL,
	`head_version` integer NOT NULL,
	`projected_version` integer NOT NULL,
	`revision` integer NOT NULL,
	`projected_at` integer NOT NULL,
	`log_seq` integer NOT NULL,
	`log_hash` text NOT NULL,
	`mail_waiting_since` integer
);
--> statement-breakpoint
CREATE INDEX `projections_mail_waiting` ON `projections` (`mail_waiting_since`) WHERE mail_waiting_since is not null;--> statement-breakpoint
CREATE INDEX `projections_lagging` ON `projections` (`projected_at`) WHERE head_version > projected_version;--> statement-breakpoint
CREATE INDEX `projections_unfinished` ON `projections` (`projected_at`) WHERE head_version = 0;--> statement-breakpoint
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
