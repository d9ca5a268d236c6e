DROP INDEX `members_role`;--> statement-breakpoint
CREATE INDEX `members_role_name` ON `members` (`organization_id`,`role`,`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `members_status` ON `members` (`organization_id`,`status`,`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `members_signed_in` ON `members` (`organization_id`,(case when last_sign_in_at is null then 0 else last_sign_in_at end),`id`);--> statement-breakpoint
CREATE INDEX `members_role` ON `members` (`organization_id`,`role`,`id`);