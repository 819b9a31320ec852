// The import directions of HOUSE style: downward only. The message says what to import instead.
const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

export default {
  forbidden: [
    rule("no-cycles", "Move what both need into a third module.", {}, { circular: true }),
    rule(
      "rules-are-pure",
      "rules.ts takes I/O results as arguments; pass them in from service.ts.",
      { path: "^lib/[^/]+/rules\\.ts$" },
      {
        path: "^(app|components|runner|worker|notary|witness|cli)/|^lib/(db|env|logger|guard|auth)(\\.ts|/)|^lib/[^/]+/(store|service)|^generated|^node:",
      },
    ),
    rule(
      "schema-is-zod-only",
      "schema.ts holds shapes; behaviour goes to rules.ts or service.ts.",
      { path: ["^lib/[^/]+/schema\\.ts$", "^lib/[^/]+/schema/"] },
      {
        path: "^(app|components|runner|worker|cli)/|^lib/(?!(ids\\.ts$|authz/schema|protocol/|record/kinds/))(?![^/]+/schema\\.ts)(?![^/]+/schema/)|^generated|^node:",
      },
    ),
    rule(
      "stores-are-private",
      "Call the other noun's service; only a noun's own files reach its store.",
      { path: "^lib/([^/]+)/" },
      { path: "^lib/([^/]+)/[^/]*store\\.ts$", pathNot: "^lib/$1/" },
    ),
    rule(
      "store-is-the-edge",
      "A store knows the database and its own schema; decisions live in service.ts.",
      { path: "^lib/[^/]+/[^/]*store\\.ts$" },
      { path: "service|^lib/guard|^(app|components|runner|worker|cli)/" },
    ),
    rule(
      "database-by-scope",
      "Use transaction(scope, fn) or read(scope, fn) in a store.ts; generated Prisma stays behind lib/db.",
      { path: "^(app|components|runner|worker)/" },
      { path: "^generated/|^lib/[^/]+/[^/]*store\\.ts$" },
    ),
    rule(
      "app-goes-through-doors",
      "Pages, actions and routes import lib/guard and services, nothing below.",
      { path: "^app/" },
      { path: "^lib/(db|env)(\\.ts|/)|^(runner|worker|cli)/" },
    ),
    rule(
      "components-are-view",
      "Pass data in as props; a component imports schema, rules, authz and actions.",
      { path: "^components/" },
      {
        path: "^lib/[^/]+/(service|[^/]*store)|^lib/(guard|db|env|auth)(\\.ts|/)|^lib/record/(?!schema)|^(runner|worker|cli)/|^node:",
      },
    ),
    rule(
      "services-know-no-framework",
      "A service is called by pages, jobs and tests alike.",
      { path: "^lib/(?!guard|auth)[^/]+/" },
      { path: "^(app|components)/|node_modules/(next|react|next-auth)/" },
    ),
    rule(
      "runner-has-no-database",
      "A runner may sit on a hostile host: it speaks lib/protocol and nothing else of ours.",
      { path: "^runner/" },
      {
        path: "^(app|components|worker|cli)/|^lib/(db|env|auth|guard|scope|record)(\\.ts|/)|^lib/[^/]+/(service|[^/]*store)|node_modules/(pg|pg-boss|@prisma)/|^generated/",
      },
    ),
    rule(
      "processes-stand-alone",
      "worker and cli call services; they never import pages or each other.",
      { path: "^(worker|cli)/", pathNot: "\\.test\\.ts$" },
      { path: "^(app|components|runner)/" },
    ),
    rule(
      "gateway-stands-alone",
      "The gateway holds providers' keys in clear: it calls services of the ledger, and no page, runner or store.",
      { path: "^gateway/", pathNot: "\\.test\\.ts$|^gateway/testing/" },
      {
        path: "^(app|components|runner|worker|notary|witness|verify|cli)/|^lib/(guard|auth)(\\.ts|/)|^lib/[^/]+/[^/]*store\\.ts$|^generated/|node_modules/(next|react)/",
      },
    ),
    rule(
      "notary-stays-small",
      "The notary holds the log's key: it knows the tree and its own tables, and no service of the application.",
      { path: "^notary/", pathNot: "\\.test\\.ts$" },
      {
        path: "^(app|components|runner|worker|cli|witness|verify)/|^lib/(?!tlog/|(clock|errors|logger|host-lock|env)\\.ts$)|^generated",
      },
    ),
    rule(
      "witness-stands-alone",
      "A witness runs at another owner's: it knows the formats of the log and nothing of the deployment.",
      { path: "^witness/", pathNot: "\\.test\\.ts$" },
      {
        path: "^(?!witness/)(app|components|runner|worker|cli|notary|verify)/|^lib/(?!tlog/|(clock|errors|host-lock)\\.ts$)|^generated",
      },
    ),
    rule(
      "verifier-shares-no-code",
      "The verifier must not fail in the same way as the writer: it is written from the formats, on Node alone.",
      { path: "^verify/", pathNot: "\\.test\\.ts$" },
      {
        path: "^(?!verify/|node:|(fs|crypto|path|util|url|readline|stream|process|buffer|os|worker_threads)(/|$))",
      },
    ),
    rule(
      "no-test-code-in-product",
      "Test helpers stay in tests.",
      {
        path: "^(app|components|lib|runner|worker|gateway|notary|witness|verify|cli)/",
        pathNot: "\\.test\\.tsx?$|^(lib|gateway)/testing/",
      },
      { path: "\\.test\\.tsx?$|^e2e/|^(lib|gateway)/testing/" },
    ),
    rule("resolvable", "The import resolves to nothing.", {}, { couldNotResolve: true }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules|^generated|^\\.next" },
    exclude: { path: "^\\.next|^examples/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
