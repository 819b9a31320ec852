-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "person" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "one_time_link" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "one_time_link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "address" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_throttle" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "blocked_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_throttle_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "role_grant" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "pilot_id" TEXT,
    "granted_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "role_grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "repository" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "source_kind" TEXT NOT NULL,
    "branch" TEXT,
    "authority" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "problem" TEXT,
    "problem_detail" TEXT,
    "head_commit" TEXT,
    "commits" INTEGER,
    "mirrored_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "repository_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "base_bundle" (
    "repository_id" TEXT NOT NULL,
    "commit" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "base_bundle_pkey" PRIMARY KEY ("repository_id","commit")
);

-- CreateTable
CREATE TABLE "pilot" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "demo" BOOLEAN NOT NULL DEFAULT false,
    "active_charter_id" TEXT,
    "status_reason" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "activated_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "pilot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "charter" (
    "id" TEXT NOT NULL,
    "pilot_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "canonical" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "charter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "driver" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "enrolment" (
    "id" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "phases" TEXT[],
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "runner_id" TEXT,

    CONSTRAINT "enrolment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runner" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "phases" TEXT[],
    "registered_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "runner_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runner_contact" (
    "runner_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL,
    "tier" TEXT NOT NULL,
    "tier_missing" TEXT[],

    CONSTRAINT "runner_contact_pkey" PRIMARY KEY ("runner_id")
);

-- CreateTable
CREATE TABLE "run" (
    "id" TEXT NOT NULL,
    "pilot_id" TEXT NOT NULL,
    "repository_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "charter_id" TEXT NOT NULL,
    "charter_digest" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "base_commit" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "launched_by" TEXT NOT NULL,
    "request_key" TEXT NOT NULL,
    "bundle_blob_id" TEXT,
    "summary" JSONB,
    "launched_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "review_opened_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_cursor" (
    "run_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,

    CONSTRAINT "run_cursor_pkey" PRIMARY KEY ("run_id")
);

-- CreateTable
CREATE TABLE "lease" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "phase" TEXT NOT NULL,
    "runner_id" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "granted_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    "acknowledged" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "lease_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lease_heartbeat" (
    "lease_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lease_heartbeat_pkey" PRIMARY KEY ("lease_id")
);

-- CreateTable
CREATE TABLE "process_beacon" (
    "process" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "process_beacon_pkey" PRIMARY KEY ("process")
);

-- CreateTable
CREATE TABLE "blob" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "salt" BYTEA,
    "commitment" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "blob_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "patch" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "base_commit" TEXT NOT NULL,
    "base_tree" TEXT NOT NULL,
    "tree" TEXT NOT NULL,
    "commit" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "manifest_blob_id" TEXT NOT NULL,
    "diff_blob_id" TEXT NOT NULL,
    "bundle_blob_id" TEXT NOT NULL,
    "files" JSONB NOT NULL,
    "flags" JSONB NOT NULL,
    "added" INTEGER NOT NULL,
    "removed" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "patch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "patch_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "runner_id" TEXT NOT NULL,
    "same_host" BOOLEAN NOT NULL,
    "verdict" TEXT NOT NULL,
    "canonical" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gate" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "pilot_id" TEXT,
    "run_id" TEXT,
    "charter_id" TEXT,
    "stop_id" TEXT,
    "status" TEXT NOT NULL,
    "document" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "needed" INTEGER NOT NULL,
    "roles" TEXT[],
    "barred" TEXT[],
    "opened_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "reason" TEXT,

    CONSTRAINT "gate_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "id" TEXT NOT NULL,
    "gate_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "reason" TEXT,
    "digest" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "merge" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "gate_id" TEXT NOT NULL,
    "patch_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "target_ref" TEXT NOT NULL,
    "expected_old" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "new_commit" TEXT,
    "detail" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "merge_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stop" (
    "id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "pilot_id" TEXT,
    "reason" TEXT NOT NULL,
    "pulled_by" TEXT NOT NULL,
    "pulled_at" TIMESTAMPTZ(3) NOT NULL,
    "lifted_at" TIMESTAMPTZ(3),

    CONSTRAINT "stop_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_fact" (
    "run_id" TEXT NOT NULL,
    "pilot_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "outcome" TEXT,
    "attempts" INTEGER NOT NULL,
    "launched_at" TIMESTAMPTZ(3) NOT NULL,
    "review_opened_at" TIMESTAMPTZ(3),
    "merged_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_fact_pkey" PRIMARY KEY ("run_id")
);

-- CreateTable
CREATE TABLE "log_entry" (
    "id" TEXT NOT NULL,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "seq" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "kind" TEXT NOT NULL,
    "about" TEXT[],
    "body" BYTEA NOT NULL,

    CONSTRAINT "log_entry_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "person_email_key" ON "person"("email");

-- CreateIndex
CREATE UNIQUE INDEX "one_time_link_token_hash_key" ON "one_time_link"("token_hash");

-- CreateIndex
CREATE INDEX "session_person_id_idx" ON "session"("person_id");

-- CreateIndex
CREATE INDEX "role_grant_person_id_idx" ON "role_grant"("person_id");

-- CreateIndex
CREATE INDEX "role_grant_pilot_id_idx" ON "role_grant"("pilot_id");

-- CreateIndex
CREATE UNIQUE INDEX "repository_name_key" ON "repository"("name");

-- CreateIndex
CREATE UNIQUE INDEX "charter_pilot_id_version_key" ON "charter"("pilot_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "agent_name_key" ON "agent"("name");

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_token_hash_key" ON "enrolment"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "runner_name_key" ON "runner"("name");

-- CreateIndex
CREATE UNIQUE INDEX "runner_public_key_key" ON "runner"("public_key");

-- CreateIndex
CREATE INDEX "run_status_idx" ON "run"("status");

-- CreateIndex
CREATE INDEX "run_pilot_id_launched_at_idx" ON "run"("pilot_id", "launched_at");

-- CreateIndex
CREATE UNIQUE INDEX "run_pilot_id_request_key_key" ON "run"("pilot_id", "request_key");

-- CreateIndex
CREATE INDEX "lease_runner_id_idx" ON "lease"("runner_id");

-- CreateIndex
CREATE UNIQUE INDEX "lease_run_id_attempt_key" ON "lease"("run_id", "attempt");

-- CreateIndex
CREATE INDEX "blob_run_id_idx" ON "blob"("run_id");

-- CreateIndex
CREATE INDEX "patch_run_id_idx" ON "patch"("run_id");

-- CreateIndex
CREATE INDEX "evidence_run_id_idx" ON "evidence"("run_id");

-- CreateIndex
CREATE INDEX "gate_status_idx" ON "gate"("status");

-- CreateIndex
CREATE INDEX "gate_run_id_idx" ON "gate"("run_id");

-- CreateIndex
CREATE UNIQUE INDEX "approval_gate_id_person_id_key" ON "approval"("gate_id", "person_id");

-- CreateIndex
CREATE UNIQUE INDEX "merge_gate_id_key" ON "merge"("gate_id");

-- CreateIndex
CREATE INDEX "merge_run_id_idx" ON "merge"("run_id");

-- CreateIndex
CREATE INDEX "run_fact_pilot_id_idx" ON "run_fact"("pilot_id");

-- CreateIndex
CREATE INDEX "log_entry_seq_idx" ON "log_entry"("seq");

-- CreateIndex
CREATE INDEX "log_entry_about_idx" ON "log_entry" USING GIN ("about");

-- AddForeignKey
ALTER TABLE "role_grant" ADD CONSTRAINT "role_grant_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "charter" ADD CONSTRAINT "charter_pilot_id_fkey" FOREIGN KEY ("pilot_id") REFERENCES "pilot"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_pilot_id_fkey" FOREIGN KEY ("pilot_id") REFERENCES "pilot"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_gate_id_fkey" FOREIGN KEY ("gate_id") REFERENCES "gate"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

