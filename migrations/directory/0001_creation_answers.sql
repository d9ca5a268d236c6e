CREATE TABLE `creation_answers` (
	`key` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`resource_id` text NOT NULL,
	`answer` text,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `creation_answers_expires` ON `creation_answers` (`expires_at`);--> statement-breakpoint
DROP INDEX `members_email`;--> statement-breakpoint
CREATE INDEX `members_email` ON `members` (`organization_id`,`email`,`id`);