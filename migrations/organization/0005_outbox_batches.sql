CREATE TABLE `__new_outbox` (
	`id` integer PRIMARY KEY NOT NULL,
	`messages` text NOT NULL
);
--> statement-breakpoint
INSERT INTO `__new_outbox`("id", "messages") SELECT "id", json_array(json("message")) FROM `outbox`;--> statement-breakpoint
DROP TABLE `outbox`;--> statement-breakpoint
ALTER TABLE `__new_outbox` RENAME TO `outbox`;--> statement-breakpoint
DROP INDEX `events_actor`;--> statement-breakpoint
CREATE INDEX `events_actor` ON `events` (`actor_id`,`seq`) WHERE actor_id is not null;