/** @type {import("next").NextConfig} */
export default {
  reactCompiler: true,
  poweredByHeader: false,
  typescript: { ignoreBuildErrors: true }, // `npm test` runs tsc once over everything, Next would run it again
  serverExternalPackages: ["pg", "pg-boss", "pino", "@prisma/adapter-pg"],
  devIndicators: false,
};
