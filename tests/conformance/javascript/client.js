// @aws-sdk v3 as the client of a job: reads the job (../README.md) on standard input, answers on standard output. Its clock,
// timers and random numbers, the credential helper's process and the HTTP handler are replaced; all else is the SDK's own.

import { readFileSync } from "node:fs";
import { clock, generator, install, run, sleep_until } from "./virtual_time.js";

const job = JSON.parse(readFileSync(0, "utf-8"));
for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: "true" }, job.environment ?? {});
install(job.start, job.seed);

const { externalDataInterceptor } = await import("@smithy/core/config");
const { HttpResponse } = await import("@smithy/core/protocols");
const { fromIni } = await import("@aws-sdk/credential-providers");
const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
const service = job.service === "ec2" ? await import("@aws-sdk/client-ec2") : await import("@aws-sdk/client-sts");

const SYN_SECONDS = [0, 1, 3, 7, 15, 31, 63]; // Linux sends a SYN again after 1, 2, 4, … seconds
const LINUX_GIVES_UP_SECONDS = 134; // measured
const PROFILE = "appstream_machine_role";
const answers = JSON.parse(readFileSync(new URL("../answers.json", import.meta.url), "utf-8"))[job.service];
const server_random = generator(job.seed + 1);

// The endpoint: an error share, a token bucket, and which credentials have expired.
const bucket = { tokens: job.bucket?.burst ?? 0, filled: 0 };

function take() {
  bucket.tokens = Math.min(job.bucket.burst, bucket.tokens + ((clock.now - bucket.filled) / 1e6) * job.bucket.rate);
  bucket.filled = clock.now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

function outcome_of(instance, key) {
  if (key !== undefined && clock.now >= instance.credentials[Number(key.slice(4))][1]) return "expired_token";
  if (job.bucket && !take()) return "throttled";
  if (job.error_share && server_random() < job.error_share) return "service_unavailable";
  return "success";
}

function answer(instance, request) {
  const key = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "")?.[1];
  const outcome = outcome_of(instance, key);
  const said = outcome === "success" ? answers.success : answers.errors[outcome];
  const body = outcome === "success" ? said.body : answers.error_body.replace("CODE", said.code);
  const headers = { date: new Date().toUTCString(), "content-type": "text/xml" };
  return { response: new HttpResponse({ statusCode: said.status, headers, body: new TextEncoder().encode(body) }) };
}

const network_error = (code) => Object.assign(new Error(`connect ${code}`), { code, name: code === "ETIMEDOUT" ? "TimeoutError" : "Error" });

// In the place of NodeHttpHandler, which sets no time-out for connecting: it is the system that gives up.
function handler_of(instance) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    async handle(request) {
      const began = clock.now;
      instance.attempts.push(began);
      const opens = instance.network ?? 0;
      if (began < opens && server_random() < (job.fast_failures ?? 1)) throw network_error("ENETUNREACH");
      const syn = SYN_SECONDS.map((seconds) => began + seconds * 1e6).find((moment) => moment >= opens);
      if (syn === undefined) {
        await sleep_until(began + LINUX_GIVES_UP_SECONDS * 1e6);
        throw network_error("ETIMEDOUT");
      }
      if (syn > clock.now) await sleep_until(syn);
      return answer(instance, request);
    },
  };
}

// The credential helper: the newest set that the agent has delivered.
function helper(instance) {
  instance.helper_runs.push(clock.now);
  const number = instance.credentials.findLastIndex(([issued]) => issued <= clock.now);
  if (number < 0 || (instance.helper_fails ?? []).some(([since, until]) => since <= clock.now && clock.now < until)) {
    throw new Error("the helper failed");
  }
  instance.served = true;
  // Dates of JavaScript have milliseconds.
  const expires = new Date(clock.start_ms + Math.floor(instance.credentials[number][1] / 1000));
  return JSON.stringify({
    Version: 1,
    AccessKeyId: `ASIA${String(number).padStart(12, "0")}`,
    SecretAccessKey: "secret",
    SessionToken: "token",
    Expiration: expires.toISOString(),
  });
}

externalDataInterceptor.getTokenRecord().exec = (command, callback) => {
  try {
    callback(null, { stdout: helper(job.instances[Number(command.split(" ")[1])]), stderr: "" });
  } catch (error) {
    callback(error);
  }
};

function profiles_of(number) {
  const path = `/credsim/${number}`;
  externalDataInterceptor.interceptFile(path, `[profile ${PROFILE}]\ncredential_process = helper ${number}\n`);
  externalDataInterceptor.interceptFile(`${path}/none`, "");
  return { filepath: `${path}/none`, configFilepath: path, profile: PROFILE };
}

function reason_of(error, instance) {
  const words = Object.fromEntries(Object.entries(answers.errors).map(([reason, said]) => [said.code, reason]));
  if (error.name in words) return words[error.name];
  if (["ENETUNREACH", "ETIMEDOUT"].includes(error.code)) return "network_unavailable";
  if (error.name === "CredentialsProviderError") return instance.served ? "refresh_failed" : "no_credentials";
  return `${error.name}: ${error.message}`;
}

async function call(client, instance) {
  const told = { at: clock.now, raised: null, reason: null };
  const before = instance.attempts.length;
  try {
    const command = job.service === "ec2" ? new service.DescribeInstancesCommand({}) : new service.GetCallerIdentityCommand({});
    await client.send(command);
  } catch (error) {
    told.raised = error.name;
    told.reason = reason_of(error, instance);
  }
  const attempts = instance.attempts.slice(before);
  return { ...told, end: clock.now, attempts: attempts.length, last: attempts.at(-1) ?? clock.now };
}

async function process_on(instance, number) {
  Object.assign(instance, { helper_runs: [], attempts: [], made: "made", results: [] });
  await sleep_until(instance.made_at);
  const profiles = profiles_of(number);
  const options = { region: "us-east-1", requestHandler: handler_of(instance), maxAttempts: job.max_attempts, retryMode: job.retry_mode };
  for (const name of Object.keys(options)) if (options[name] === undefined || options[name] === null) delete options[name];
  if (job.holds === "static") {
    options.credentials = await fromIni(profiles)();
    delete options.credentials.expiration;
  } else if (job.source === "default_chain") {
    options.credentialDefaultProvider = () => defaultProvider(profiles);
  } else {
    options.credentials = fromIni(profiles);
  }
  const client = job.service === "ec2" ? new service.EC2Client(options) : new service.STSClient(options);
  for (const moment of instance.calls) {
    await sleep_until(moment);
    instance.results.push(await call(client, instance));
  }
}

// What the SDK reads when it is first wanted is read now, not in virtual time.
await import("@aws-sdk/credential-provider-ini");
await import("@aws-sdk/credential-provider-process");

await run(job.instances.map(process_on));
const version = JSON.parse(readFileSync(new URL("node_modules/@aws-sdk/client-sts/package.json", import.meta.url), "utf-8")).version;
process.stdout.write(
  JSON.stringify({
    client: `@aws-sdk ${version}`,
    instances: job.instances.map(({ made, helper_runs, results }) => ({ made, helper_runs, calls: results })),
  }),
);
