// Holds scenarios/credsim.schema.json to the reader: the same mappings, the same keys, the same required ones.

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "credsim/fault.hpp"
#include "credsim/resource.hpp"

#include "scenario/fault_parameters.hpp"
#include "scenario/key_tables.hpp"
#include "test_support/catch.hpp"

namespace {

using namespace credsim;
using nlohmann::json;
using Names = std::set<std::string>;

const json& schema() {
  static const json document = [] {
    std::ifstream file(std::string(CREDSIM_SOURCE_DIR) + "/scenarios/credsim.schema.json");
    REQUIRE(file);
    return json::parse(file);
  }();
  return document;
}

Names keys_of(const json& object) {
  Names names;
  for (const auto& [key, value] : object.items()) names.insert(key);
  return names;
}

TEST_CASE("the schema has every mapping of the reader with its keys") {
  for (const KeyTable& table : keys::kAll) {
    CAPTURE(std::string(table.name));
    REQUIRE(schema()["$defs"].contains(std::string(table.name)));
    const json& mapping = schema()["$defs"][std::string(table.name)];
    Names all;
    Names required;
    for (const Key& key : table.keys) {
      all.emplace(key.name);
      if (key.required) required.emplace(key.name);
    }
    CHECK(keys_of(mapping["properties"]) == all);
    CHECK(mapping["required"].get<Names>() == required);
    CHECK(mapping["additionalProperties"] == false);
  }
}

TEST_CASE("the reader has every mapping of the schema") {
  Names tables;
  for (const KeyTable& table : keys::kAll) tables.emplace(table.name);
  for (const auto& [name, definition] : schema()["$defs"].items()) {
    CAPTURE(name);
    CHECK(definition.contains("properties") == tables.contains(name));
  }
}

TEST_CASE("every property of the schema is described") {
  for (const auto& [name, definition] : schema()["$defs"].items()) {
    CAPTURE(name);
    CHECK(definition.contains("description"));
    if (!definition.contains("properties")) continue;
    for (const auto& [key, property] : definition["properties"].items()) {
      CAPTURE(key);
      CHECK((property.contains("description") || property.contains("$ref")));
    }
  }
}

TEST_CASE("the schema knows the parameters of each kind of fault") {
  const json& fault = schema()["$defs"]["fault"];
  REQUIRE(fault["allOf"].size() == kFaultKinds);
  Names kinds;
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    kinds.emplace(fault_kind_name(kind));
    const auto rule = std::find_if(fault["allOf"].begin(), fault["allOf"].end(), [kind](const json& candidate) {
      return candidate["if"]["properties"]["kind"]["const"] == std::string(fault_kind_name(kind));
    });
    CAPTURE(std::string(fault_kind_name(kind)));
    REQUIRE(rule != fault["allOf"].end());
    Names required;
    Names foreign(kFaultParameters.begin(), kFaultParameters.end());
    for (const Key& parameter : fault_parameters(kind)) {
      foreign.erase(std::string(parameter.name));
      if (parameter.required) required.emplace(parameter.name);
    }
    CHECK((*rule)["then"]["required"].get<Names>() == required);
    CHECK(keys_of((*rule)["then"]["properties"]) == foreign);
  }
  CHECK(fault["properties"]["kind"]["enum"].get<Names>() == kinds);
}

TEST_CASE("the schema knows the words for buckets and fleet types") {
  Names buckets;
  for (std::size_t i = 0; i < kBucketKinds; ++i) buckets.emplace(bucket_name(static_cast<BucketKind>(i)));
  CHECK(schema()["$defs"]["fault"]["properties"]["bucket"]["enum"].get<Names>() == buckets);
  Names types;
  for (const ResourceType type : {ResourceType::always_on, ResourceType::on_demand, ResourceType::elastic})
    types.emplace(resource_type_name(type));
  CHECK(schema()["$defs"]["fleet"]["properties"]["type"]["enum"].get<Names>() == types);
}

}  // namespace
