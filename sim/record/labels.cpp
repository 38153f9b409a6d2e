#include "record/labels.hpp"

#include <nlohmann/json.hpp>

namespace credsim::record {

std::string labels_json(const Labels& labels) {
  auto object = nlohmann::json::object();
  for (const auto& [name, value] : labels) object[name] = value;
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace credsim::record
