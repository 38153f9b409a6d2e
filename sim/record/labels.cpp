#include "record/labels.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace credsim::record {
namespace {

void add_quoted(const std::string& text, std::string& json) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char character) {
    return character >= ' ' && character <= '~' && character != '"' && character != '\\';
  });
  if (plain)
    json.append("\"").append(text).append("\"");
  else
    json += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string labels_json(const Labels& labels) {
  std::string json = "{";
  for (const auto& [name, value] : labels) {
    if (json.size() > 1) json += ',';
    add_quoted(name, json);
    json += ':';
    add_quoted(value, json);
  }
  return json + '}';
}

Labels read_labels(const std::string& json) {
  Labels labels;
  const auto object = nlohmann::ordered_json::parse(json, nullptr, false);
  if (!object.is_object()) return labels;
  for (const auto& [name, value] : object.items())
    if (value.is_string()) labels.emplace_back(name, value.get<std::string>());
  return labels;
}

}  // namespace credsim::record
