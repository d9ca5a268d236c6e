CREATE TABLE `redactions` (
	`seq` integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE INDEX `invitations_member` ON `invitations` (`member_id`) WHERE member_id is not null;