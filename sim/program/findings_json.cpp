#include "program/findings_json.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace credsim {
namespace {

using Json = nlohmann::ordered_json;

/// A path as a URI reference (RFC 3986): every byte that could mean something in one is escaped.
std::string uri_of(const std::string& path) {
  constexpr std::string_view kPlain = "-._~/";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string uri = path.starts_with("/") ? "file://" : "";
  for (const char character : path) {
    const auto byte = static_cast<unsigned char>(character);
    if (std::isalnum(byte) != 0 || kPlain.find(character) != std::string_view::npos)
      uri += character;
    else
      uri += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return uri;
}

Json rule_json(const FindingRule& rule) {
  return {{"id", rule.name},
          {"shortDescription", {{"text", rule.description}}},
          {"help", {{"text", std::string(rule.description) + " Source: " + std::string(rule.source) + "."}}},
          {"defaultConfiguration", {{"level", severity_name(rule.severity)}}},
          {"properties", {{"source", rule.source}}}};
}

}  // namespace

const std::string& file_of(const std::string& path, const Finding& finding) {
  return finding.file.empty() ? path : finding.file;
}

Json findings_json(const std::string& path, std::span<const Finding> findings) {
  Json array = Json::array();
  for (const Finding& finding : findings) {
    const bool placed = finding.place.line > 0;
    array.push_back({{"rule", finding.rule},
                     {"severity", severity_name(finding.severity)},
                     {"subject", finding.subject},
                     {"message", finding.message},
                     {"file", file_of(path, finding)},
                     {"line", placed ? Json(finding.place.line) : Json()},
                     {"column", placed ? Json(finding.place.column) : Json()}});
  }
  return array;
}

Json findings_sarif(const std::string& path, std::span<const Finding> findings) {
  const auto& known = finding_rules();
  Json rules = Json::array();
  for (const FindingRule& rule : known) rules.push_back(rule_json(rule));

  Json results = Json::array();
  for (const Finding& finding : findings) {
    const auto rule =
        std::find_if(known.begin(), known.end(), [&](const FindingRule& one) { return one.name == finding.rule; });
    const std::string& file = file_of(path, finding);
    // What an option holds stands in no file.
    const bool of_option = file.starts_with("--");
    Json place = {{"artifactLocation", {{"uri", uri_of(of_option ? path : file)}}}};
    if (finding.place.line > 0)
      place["region"] = {{"startLine", finding.place.line}, {"startColumn", std::max(finding.place.column, 1U)}};
    results.push_back({{"ruleId", finding.rule},
                       {"ruleIndex", rule - known.begin()},
                       {"level", severity_name(finding.severity)},
                       {"message", {{"text", (of_option ? file : finding.subject) + ": " + finding.message}}},
                       {"locations", Json::array({{{"physicalLocation", std::move(place)}}})}});
  }
  const Json driver = {{"name", "credsim"}, {"version", CREDSIM_VERSION}, {"rules", std::move(rules)}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", Json::array({{{"tool", {{"driver", driver}}}, {"results", std::move(results)}}})}};
}

}  // namespace credsim
