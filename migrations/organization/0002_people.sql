ALTER TABLE `events` ADD `redacted` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `members` ADD `attributes` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `members` ADD `person_revision` integer DEFAULT 0 NOT NULL;