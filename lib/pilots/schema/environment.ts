import { z } from "zod";
import { Tier } from "../../jail/schema.ts";
import { SetupArgv, SetupHosts, SetupPath, SetupPaths, SetupScripts } from "../../setup/schema.ts";
import { CONTROL, globs, uniqueBy, whole } from "./words.ts";

const REPORT = "Write the file the command leaves, relative to the repository, such as reports/junit.xml.";

const ReportPath = z
  .string({ error: REPORT })
  .min(1, REPORT)
  .max(300, REPORT)
  .refine((path) => !CONTROL.test(path) && !/^[/-]|[\\]|\/$/.test(path), REPORT)
  .refine(
    (path) =>
      path.split("/").every((part) => !["", ".", ".."].includes(part) && part.toLowerCase() !== ".git"),
    REPORT,
  );

const ARGV =
  "Write the command that runs the tests, such as node --test. Nothing of it goes through a shell.";

const TestArgv = z
  .array(
    z
      .string({ error: ARGV })
      .min(1, ARGV)
      .max(2000, "One word of the command is longer than 2,000 characters.")
      .refine((word) => !CONTROL.test(word), "The command holds a control character."),
    { error: ARGV },
  )
  .min(1, ARGV)
  .max(50, "The command has more than 50 words; put it into a script of the repository.");

const ARTEFACTS =
  "Write files or folders inside the repository, one a line, such as reports: no pattern, no leading slash, no “..”, no .git.";

const ArtefactPaths = z
  .array(SetupPath, { error: ARTEFACTS })
  .max(20, "At most 20 paths.")
  .refine(uniqueBy, "The same path stands here twice.");

export const Environment = z
  .strictObject({
    testArgv: TestArgv,
    /** JUnit XML, relative to the tree. */
    reportPath: ReportPath,
    /** Overlaid from the base in verification. */
    harnessPaths: globs(1, "Name what belongs to the tests, or a patch could rewrite what judges it."),
    repeats: whole(1, 20),
    /** Of one attempt, never more than `maxRunMinutes`; 0 = as long as that. */
    setupMinutes: whole(0, 1440, "minutes"),
    agentMinutes: whole(0, 1440, "minutes"),
    verifyMinutes: whole(0, 1440, "minutes"),
    minimumTier: Tier,
    memoryMb: whole(256, 65_536, "MB"),
    /** Size of the working tree. It lies in memory. */
    diskMb: whole(64, 32_768, "MB"),
    cpus: whole(1, 64),
    processes: whole(16, 4096),
    /** Runs once per set of manifests, before everything else, with a network of these hosts. Empty: there is none. */
    setupArgv: SetupArgv,
    setupHosts: SetupHosts,
    /** All that is left of it: mounted read-only where the tree is tested and worked on. */
    setupPaths: SetupPaths,
    setupScripts: SetupScripts,
    /** Files, and folders with all below them, that a run may hand in beside its patch. Empty: none. */
    artefactPaths: ArtefactPaths,
    artefactCount: whole(1, 200),
    /** Of all artefacts of one attempt. */
    artefactMb: whole(1, 64, "MB"),
    /** What nobody promoted is deleted then. */
    artefactDays: whole(1, 3650, "days"),
  })
  .refine(({ setupArgv, setupPaths }) => setupArgv.length === 0 || setupPaths.length > 0, {
    path: ["setupPaths"],
    error: "Name the folders that setup leaves, such as node_modules; nothing else of it stays.",
  })
  .refine(({ diskMb, memoryMb }) => diskMb < memoryMb, {
    path: ["diskMb"],
    error: "The working tree lies in memory: give it less than the memory.",
  });
