CREATE TABLE `sweeps` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`failed` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `projections_unfinished` ON `projections` (`projected_at`) WHERE head_revision = 0;