CREATE TABLE `refusals` (
	`hour` integer NOT NULL,
	`network` text NOT NULL,
	`reason` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`hour`, `network`, `reason`)
);
--> statement-breakpoint
CREATE INDEX `refusals_network` ON `refusals` (`network`,`hour`);--> statement-breakpoint
CREATE TABLE `sign_ins` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`user_id` text,
	`session_id` text,
	`operator_key_id` text,
	`organization_id` text,
	`method` text,
	`device` text,
	`network` text,
	`reason` text
);
--> statement-breakpoint
CREATE INDEX `sign_ins_time` ON `sign_ins` (`occurred_at`,`id`);--> statement-breakpoint
CREATE INDEX `sign_ins_type` ON `sign_ins` (`type`,`occurred_at`,`id`);--> statement-breakpoint
CREATE INDEX `sign_ins_user` ON `sign_ins` (`user_id`,`occurred_at`,`id`);--> statement-breakpoint
CREATE INDEX `sign_ins_organization` ON `sign_ins` (`organization_id`,`user_id`,`occurred_at`,`id`);