#include "scenario/account_reader.hpp"

#include <algorithm>
#include <set>

#include "scenario/appstream_reader.hpp"
#include "scenario/distribution_reader.hpp"
#include "scenario/policy_reader.hpp"
#include "scenario/request_context_reader.hpp"

namespace credsim {

namespace {

using Bucket = std::optional<TokenBucket::Options>;

Bucket per_second(std::int64_t tokens, std::int64_t burst) {
  return TokenBucket::Options{Rate{tokens, std::chrono::seconds{1}}, burst, {}};
}

/// A Region as AWS documents its defaults.
Region default_region() {
  using std::chrono::milliseconds;
  Region region;
  const auto bucket = [&region](BucketKind kind) -> Bucket& { return region.buckets[static_cast<std::size_t>(kind)]; };
  bucket(BucketKind::sts_account) = per_second(600, 600);
  bucket(BucketKind::describe_instances) = per_second(10, 50);
  bucket(BucketKind::describe_instances_filtered) = per_second(20, 100);
  bucket(BucketKind::create_network_interface) = per_second(5, 100);
  bucket(BucketKind::delete_network_interface) = per_second(5, 100);
  region.sts_latency = Distribution::lognormal(milliseconds{60}, milliseconds{400});
  return region;
}

void read_bucket(const FieldReader& fields, std::string_view key, Region& region, BucketKind kind,
                 ReadContext& context) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr) return;
  Bucket& bucket = region.buckets[static_cast<std::size_t>(kind)];
  if (node->kind == YamlNode::Kind::scalar) {
    if (node->text == "unlimited")
      bucket.reset();
    else
      add_value_fault(*node, key, "is not a bucket; write {rate: 600/s, burst: 600} or unlimited", context.diagnostics);
    return;
  }
  const FieldReader bucket_fields(*node, key, keys::kBucket, context.diagnostics);
  TokenBucket::Options options;
  bucket_fields.rate("rate", options.rate);
  options.burst = default_burst(options.rate);
  bucket_fields.integer("burst", options.burst, 1, kLargestBurst);
  bucket_fields.rate("background", options.background);
  bucket = options;
}

void read_sts(const YamlNode& node, Region& region, ReadContext& context) {
  const FieldReader fields(node, "sts", keys::kSts, context.diagnostics);
  read_bucket(fields, "service", region, BucketKind::sts_service, context);
  read_bucket(fields, "account", region, BucketKind::sts_account, context);
  read_distribution(fields, "latency", region.sts_latency, context);
}

void read_ec2(const YamlNode& node, Region& region, ReadContext& context) {
  constexpr std::int64_t kMostInterfaces = 1'000'000'000;
  const FieldReader fields(node, "ec2", keys::kEc2, context.diagnostics);
  read_bucket(fields, "describe_instances", region, BucketKind::describe_instances, context);
  read_bucket(fields, "describe_instances_filtered", region, BucketKind::describe_instances_filtered, context);
  read_bucket(fields, "create_network_interface", region, BucketKind::create_network_interface, context);
  read_bucket(fields, "delete_network_interface", region, BucketKind::delete_network_interface, context);
  fields.integer("network_interfaces", region.network_interfaces, 0, kMostInterfaces);
}

bool is_region_name(std::string_view name) {
  return name.size() <= 32 && !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(), [](char character) {
           return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') || character == '-';
         });
}

iam::ServiceControlLevel read_level(const YamlNode& node, ReadContext& context) {
  const FieldReader fields(node, "a level of service_control_policies", keys::kServiceControlLevel,
                           context.diagnostics);
  iam::ServiceControlLevel level;
  std::vector<SourcePlace> places;
  fields.name("level", level.name);
  read_policies(fields, "policies", iam::PolicyKind::service_control, level.policies, places, context);
  const YamlNode* policies = fields.find("policies");
  if (policies != nullptr && policies->kind == YamlNode::Kind::list && policies->items.empty())
    context.diagnostics.add(policies->origin,
                            "the level has no policies, so that nothing is allowed; give it one, or leave it out");
  return level;
}

/// A list of policies, which are one level, or of levels.
void read_service_control_policies(const FieldReader& fields, Region& region, ReadContext& context) {
  const std::span<const YamlNode> items = fields.list("service_control_policies");
  const auto is_level = [](const YamlNode& item) {
    return item.find("level") != nullptr || item.find("policies") != nullptr;
  };
  const auto levels = static_cast<std::size_t>(std::count_if(items.begin(), items.end(), is_level));
  if (levels == items.size()) {
    std::set<std::string> names;
    for (const YamlNode& item : items) {
      region.service_control_policies.push_back(read_level(item, context));
      const std::string& name = region.service_control_policies.back().name;
      if (!name.empty() && !names.insert(name).second)
        context.diagnostics.add(item.origin,
                                "level " + quoted_text(name) + " is there already; give each a name of its own");
    }
  } else if (levels == 0) {
    std::vector<SourcePlace> places;
    iam::ServiceControlLevel only;
    read_policies(fields, "service_control_policies", iam::PolicyKind::service_control, only.policies, places, context);
    region.service_control_policies.push_back(std::move(only));
  } else {
    context.diagnostics.add(fields.origin_of("service_control_policies"),
                            "service_control_policies mixes policies and levels; write a list of policies, which are "
                            "one level, or put each into a level: {level: root, policies: [...]}");
  }
}

Region read_region(const YamlNode& node, ReadContext& context) {
  const FieldReader fields(node, "a Region", keys::kRegion, context.diagnostics);
  Region region = default_region();
  region.place = scenario_place(node);
  fields.text("name", region.name);
  if (const YamlNode* name = fields.find("name"); name != nullptr && name->kind == YamlNode::Kind::scalar)
    if (!is_region_name(region.name))
      add_value_fault(*name, "name", "is not a Region's; write it as us-east-1", context.diagnostics);
  if (const YamlNode* sts = fields.find("sts")) read_sts(*sts, region, context);
  if (const YamlNode* ec2 = fields.find("ec2")) read_ec2(*ec2, region, context);
  read_appstream(fields, region.appstream, context);
  read_service_control_policies(fields, region, context);
  return region;
}

void read_id(const FieldReader& fields, Account& account, ReadContext& context) {
  fields.text("id", account.id);
  if (account.id.empty()) return;
  const bool is_id = account.id.size() == 12 && std::all_of(account.id.begin(), account.id.end(), [](char character) {
                       return character >= '0' && character <= '9';
                     });
  if (!is_id)
    add_value_fault(*fields.find("id"), "id", "is not an account's; write its 12 digits in quotes",
                    context.diagnostics);
  if (!context.accounts.emplace(account.id, context.scenario.accounts.size()).second)
    add_value_fault(*fields.find("id"), "id", "is there already; give each account once", context.diagnostics);
}

/// An account is in one partition, and so are its roles. Says so of the newest Region if it is in another than the
/// first.
void check_partition(const Account& account, const YamlNode& node, Diagnostics& diagnostics) {
  const std::string& name = account.regions.back().name;
  const std::string& first = account.regions.front().name;
  if (!first.empty() && partition_of(name) != partition_of(first))
    diagnostics.add(node.origin, "Region " + quoted_text(name) + " is in partition " + std::string(partition_of(name)) +
                                     ", and " + quoted_text(first) + " of the same account in " +
                                     std::string(partition_of(first)) +
                                     "; an account is in one, so give this Region another account");
}

void read_account(const YamlNode& node, ReadContext& context) {
  constexpr std::size_t kMostRegions = 1000;
  const FieldReader fields(node, "an account", keys::kAccount, context.diagnostics);
  Account account;
  account.place = scenario_place(node);
  read_id(fields, account, context);
  account.request_context = read_request_context(fields, {}, context.diagnostics);
  std::set<std::string> names;
  const std::span<const YamlNode> items = fields.list("regions");
  if (items.size() > kMostRegions)
    context.diagnostics.add(fields.origin_of("regions"), "regions has " + std::to_string(items.size()) + " items; " +
                                                             std::to_string(kMostRegions) + " are possible");
  for (const YamlNode& item : items.first(std::min(items.size(), kMostRegions))) {
    account.regions.push_back(read_region(item, context));
    context.regions.insert(account.regions.back().name);
    const std::string& name = account.regions.back().name;
    if (name.empty()) continue;
    if (!names.insert(name).second)
      context.diagnostics.add(item.origin,
                              "Region " + quoted_text(name) + " is there already; give each Region of an account once");
    check_partition(account, item, context.diagnostics);
  }
  if (fields.find("regions") != nullptr && fields.find("regions")->items.empty())
    context.diagnostics.add(fields.origin_of("regions"), "an account has no Regions; give it one");
  context.scenario.accounts.push_back(std::move(account));
}

}  // namespace

std::array<Word<BucketKind>, kBucketKinds> bucket_words() {
  std::array<Word<BucketKind>, kBucketKinds> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto kind = static_cast<BucketKind>(i);
    words[i] = {bucket_name(kind), kind};
  }
  return words;
}

std::int64_t default_burst(const Rate& rate) {
  const std::int64_t second = Duration{std::chrono::seconds{1}}.count();
  __extension__ using Wide = __int128;
  const Wide tokens = (Wide{rate.tokens} * second + rate.per.count() - 1) / rate.per.count();
  return static_cast<std::int64_t>(std::clamp(tokens, Wide{1}, Wide{kLargestBurst}));
}

void read_accounts(const FieldReader& scenario, ReadContext& context) {
  for (const YamlNode& node : scenario.list("accounts")) read_account(node, context);
  const YamlNode* accounts = scenario.find("accounts");
  if (accounts != nullptr && accounts->kind == YamlNode::Kind::list && accounts->items.empty())
    context.diagnostics.add(accounts->origin, "there are no accounts; add one");
}

}  // namespace credsim
