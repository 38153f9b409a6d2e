#include "scenario/rotation_reader.hpp"

#include <algorithm>
#include <array>

#include "scenario/distribution_reader.hpp"

namespace credsim {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<Word<AgentJitter>, 4> kJitters = {{
    {"full", AgentJitter::full},
    {"equal", AgentJitter::equal},
    {"decorrelated", AgentJitter::decorrelated},
    {"none", AgentJitter::none},
}};

constexpr std::array<Word<BucketKind>, 2> kPayers = {{
    {"service", BucketKind::sts_service},
    {"account", BucketKind::sts_account},
}};

void read_delay(const FieldReader& fields, std::string_view key, ProvisioningDelay& target, ReadContext& context) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr) return;
  if (node->find("after") == nullptr && node->find("delay") == nullptr) {
    target.after_boot = false;
    read_distribution(fields, key, target.delay, context);
    return;
  }
  constexpr std::array<Word<bool>, 1> kMoments = {{{"boot", true}}};
  const FieldReader delay(*node, key, keys::kAfterBoot, context.diagnostics);
  delay.word<bool>("after", target.after_boot, kMoments);
  read_distribution(delay, "delay", target.delay, context);
}

/// As read_delay; besides, {within: boot} lets the interface be ready when boot is done.
void read_interface_delay(const FieldReader& fields, ProvisioningDelay& target, ReadContext& context) {
  const YamlNode* node = fields.find("eni");
  if (node == nullptr || node->find("within") == nullptr) return read_delay(fields, "eni", target, context);
  constexpr std::array<Word<bool>, 1> kMoments = {{{"boot", true}}};
  const FieldReader within(*node, "eni", keys::kWithinBoot, context.diagnostics);
  within.word<bool>("within", target.after_boot, kMoments);
  target.delay = Distribution();
}

/// An agent that may ask again in the same microsecond without end would stop the simulation clock.
void refuse_endless_instant(const FieldReader& fields, const AgentRetry& retry, Diagnostics& diagnostics) {
  constexpr Duration kLeast = milliseconds{1};
  const bool series_takes_time = retry.max_attempts >= 2 && std::min(retry.base, retry.cap) >= kLeast;
  if (retry.interval < kLeast && !series_takes_time)
    diagnostics.add(fields.node().origin,
                    "the agent could retry without end in one instant; make interval 1ms or longer, or base with 2 or "
                    "more max_attempts");
}

void read_agent_retry(const YamlNode& node, AgentRetry& retry, Diagnostics& diagnostics) {
  constexpr std::int64_t kMostAttempts = 1000;
  const FieldReader fields(node, "retry", keys::kAgentRetry, diagnostics);
  std::int64_t attempts = retry.max_attempts;
  fields.integer("max_attempts", attempts, 1, kMostAttempts);
  retry.max_attempts = static_cast<std::uint32_t>(attempts);
  fields.duration("base", retry.base);
  retry.cap = std::max(retry.cap, retry.base);
  fields.duration("cap", retry.cap);
  if (retry.cap < retry.base)
    diagnostics.add(fields.origin_of("cap"), "cap " + duration_text(retry.cap) + " is below the base of " +
                                                 duration_text(retry.base) + "; write a longer one");
  fields.word<AgentJitter>("jitter", retry.jitter, kJitters);
  fields.duration("interval", retry.interval);
  refuse_endless_instant(fields, retry, diagnostics);
}

/// When the next rotation starts: `every`, or the lifetime less the `lead`.
void read_period(const FieldReader& fields, CredentialRotation& rotation, Diagnostics& diagnostics) {
  rotation.every = rotation.lifetime;
  if (fields.find("lead") != nullptr && fields.find("every") != nullptr) {
    diagnostics.add(fields.origin_of("every"), "\"every\" and \"lead\" exclude each other; keep one of them");
    return;
  }
  fields.positive_duration("every", rotation.every);
  Duration lead{};
  fields.duration("lead", lead);
  if (lead >= rotation.lifetime) {
    diagnostics.add(fields.origin_of("lead"), "lead " + duration_text(lead) + " is not below the lifetime of " +
                                                  duration_text(rotation.lifetime) + "; write a shorter one");
    return;
  }
  rotation.every -= lead;
  fields.duration("jitter", rotation.jitter);
  if (rotation.jitter >= rotation.every)
    diagnostics.add(fields.origin_of("jitter"), "jitter " + duration_text(rotation.jitter) + " is not below the " +
                                                    duration_text(rotation.every) +
                                                    " from one credential to the next rotation; write a shorter one");
}

}  // namespace

void read_provisioning(const FieldReader& resource, Provisioning& provisioning, ReadContext& context) {
  provisioning.boot = Distribution::uniform(minutes{10}, minutes{20});
  provisioning.agent = {true, Distribution::lognormal(seconds{5}, seconds{30})};
  provisioning.eni = {true, Distribution::lognormal(seconds{20}, seconds{150})};
  const YamlNode* node = resource.find("provisioning");
  if (node == nullptr) return;

  const FieldReader fields(*node, "provisioning", keys::kProvisioning, context.diagnostics);
  const YamlNode* start = fields.find("start");
  provisioning.steady = start != nullptr && start->kind == YamlNode::Kind::scalar && start->text == "steady";
  if (!provisioning.steady) read_distribution(fields, "start", provisioning.start, context);
  read_distribution(fields, "boot", provisioning.boot, context);
  read_delay(fields, "agent", provisioning.agent, context);
  read_interface_delay(fields, provisioning.eni, context);
  fields.positive_duration("retry_interval", provisioning.retry_interval);
}

void read_rotation(const FieldReader& resource, CredentialRotation& rotation, ReadContext& context) {
  const YamlNode* node = resource.find("credentials");
  if (node == nullptr) return;
  const FieldReader fields(*node, "credentials", keys::kCredentials, context.diagnostics);
  fields.word<BucketKind>("assume_role_spends", rotation.assume_role_spends, kPayers);
  fields.positive_duration("lifetime", rotation.lifetime);
  read_period(fields, rotation, context.diagnostics);
  if (const YamlNode* retry = fields.find("retry")) read_agent_retry(*retry, rotation.retry, context.diagnostics);
}

}  // namespace credsim
