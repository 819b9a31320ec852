// Packages that others are often made to look like: widely used ones, by ecosystem. What a repository uses itself is known
// besides, so that a short list is enough.
import type { Ecosystem } from "./model.ts";

const list = (names: string): readonly string[] => names.trim().split(/\s+/);

const NPM = list(`
  @angular/core @babel/core @types/node @types/react ajv ansi-styles async autoprefixer aws-sdk axios babel-core
  bcrypt bluebird body-parser bootstrap chai chalk cheerio classnames colors commander cookie-parser core-js cors
  cross-env cross-spawn d3 date-fns dayjs debug dotenv electron enzyme esbuild eslint ethers event-stream express
  fast-glob fastify firebase fs-extra glob graphql gulp handlebars helmet html-webpack-plugin husky immer inquirer
  jest jquery js-yaml jsdom jsonwebtoken karma knex koa less lint-staged lodash lodash-es lru-cache luxon
  mime minimatch minimist mkdirp mocha moment mongodb mongoose morgan mysql mysql2 nanoid next node-fetch node-sass
  nodemailer nodemon npm nuxt nyc openai passport pg playwright postcss prettier prisma prop-types puppeteer qs
  ramda react react-dom react-native react-redux react-router react-router-dom redis redux request resolve
  rimraf rollup rxjs sass semver sequelize sharp shelljs sinon socket.io sqlite3 stripe styled-components supertest
  svelte tailwindcss terser through2 ts-node tslib twilio typeorm typescript ua-parser-js uglify-js underscore
  undici uuid validator vite vitest vue vue-router vuex web3 webpack webpack-cli winston ws yargs zod zustand
`);

const PYPI = list(`
  aiohttp alembic ansible anthropic beautifulsoup4 black boto3 botocore celery certifi cffi charset-normalizer click
  colorama coverage cryptography cython django djangorestframework docker fastapi flake8 flask gevent gunicorn httpx
  huggingface-hub idna importlib-metadata ipython isort jinja2 jsonschema jupyter keras langchain lxml markupsafe
  matplotlib mypy networkx nltk notebook numpy openai opencv-python openpyxl packaging pandas paramiko pillow poetry
  protobuf psutil psycopg2 psycopg2-binary pyarrow pycparser pycrypto pydantic pygments pyjwt pylint pymongo pymysql
  pyopenssl pyparsing pytest pytest-cov python-dateutil python-dotenv pytz pyyaml redis requests rich ruff s3transfer
  scikit-learn scipy selenium sentry-sdk setuptools simplejson six sqlalchemy starlette tensorflow tokenizers toml torch
  torchvision tornado tqdm transformers typing-extensions tzdata urllib3 uvicorn virtualenv werkzeug wheel zipp
`);

const CARGO = list(`
  anyhow async-trait axum base64 bitflags bytes chrono clap crossbeam env_logger futures hyper itertools lazy_static libc
  num-traits once_cell parking_lot proc-macro2 quote rand rayon regex reqwest rust_decimal semver serde
  serde_derive serde_json serde_yaml sha2 smallvec syn tempfile thiserror tokio toml tower tracing url uuid
`);

const RUBYGEMS = list(`
  activerecord activesupport aws-sdk-core bundler capybara devise faraday jwt minitest nokogiri puma rack rails rake redis
  rest-client rspec rubocop sidekiq sinatra sqlite3 strong_password thor
`);

export const KNOWN_NAMES: Readonly<Partial<Record<Ecosystem, readonly string[]>>> = {
  npm: NPM,
  pypi: PYPI,
  cargo: CARGO,
  rubygems: RUBYGEMS,
};
