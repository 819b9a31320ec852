// Agent programs that can be added: one version each, known by the digest of its package. Another version is another
// protocol; the driver's contract test says what to look at before a pin is moved.

export interface LibraryPin {
  readonly name: string;
  readonly version: string;
  /** Digest of the packed package, as npm writes it. */
  readonly integrity: string;
}

export interface PackagePin extends LibraryPin {
  /** Path of the program inside the package. */
  readonly binary: string;
}

export interface ProgramPin {
  readonly program: string;
  readonly version: string;
  /** SPDX identifier, or whose terms they are. */
  readonly licence: string;
  readonly home: string;
  /** One of the words of what `--version` prints. */
  readonly says: string;
  /** How the program lists the models it knows, as JSON; null where it does not. */
  readonly catalog: readonly string[] | null;
  /** What it is spoken to with, where that is another package: the same for every processor. */
  readonly library: LibraryPin | null;
  /** By processor, as `process.arch` names it. */
  readonly packages: Readonly<Record<string, PackagePin>>;
}

export const CODEX: ProgramPin = {
  program: "codex",
  version: "0.169.0",
  licence: "Apache-2.0",
  home: "https://github.com/openai/codex",
  says: "0.169.0",
  catalog: ["debug", "models", "--bundled"],
  library: null,
  packages: {
    x64: {
      name: "@openai/codex",
      version: "0.169.0-linux-x64",
      integrity:
        "sha512-o05NyAOCDygSPRo1yinzxvkRSdmsZyBD9E7mbpmjRanSfM8lypqWtQgEo4XfNkwhuCR2aFu8mlGOsQGFXVbVww==",
      binary: "vendor/x86_64-unknown-linux-musl/bin/codex",
    },
    arm64: {
      name: "@openai/codex",
      version: "0.169.0-linux-arm64",
      integrity:
        "sha512-NZ/DaQUpcQmxmqee7Z9uC1rzw3GhSbooawcaTe1LN5Yk+WlinUKGdTXJgClRT/9ogQEEM9TWxYzvxPfj5G/xFg==",
      binary: "vendor/aarch64-unknown-linux-musl/bin/codex",
    },
  },
};

/** Whoever adds it takes it from its makers under their terms; it is no part of what we give out. */
export const CLAUDE: ProgramPin = {
  program: "claude",
  version: "0.3.330",
  licence: "Anthropic's terms",
  home: "https://code.claude.com/docs/en/legal-and-compliance",
  says: "2.1.330",
  catalog: null,
  library: {
    name: "@anthropic-ai/claude-agent-sdk",
    version: "0.3.330",
    integrity:
      "sha512-7om9Xus6tfkeCUCfzg6ilJuN6Z7okkEvJ0mx+ukXa/Id5U/6BGtPkOYni+3ebedwa3b9SVF7A05+ln+/9EoU/w==",
  },
  packages: {
    x64: {
      name: "@anthropic-ai/claude-agent-sdk-linux-x64",
      version: "0.3.330",
      integrity:
        "sha512-9w4uMdA3vNZXocwOUhivOGotXoRDxN/C/xPMkZMY9WPpKLAlj8upMZskNgPjQKlVRXhxPfNagcBijGPUH4WepA==",
      binary: "claude",
    },
    arm64: {
      name: "@anthropic-ai/claude-agent-sdk-linux-arm64",
      version: "0.3.330",
      integrity:
        "sha512-2Q+kfzaoTvJv1rsyu+iR4UHDZ3nxiOfdXISk+2ydQShU9DqXNlgQAt3BdJMh0Yx4MrxB66TMphVvVQeRslwwhA==",
      binary: "claude",
    },
  },
};

export const PROGRAMS: readonly ProgramPin[] = [CODEX, CLAUDE];
