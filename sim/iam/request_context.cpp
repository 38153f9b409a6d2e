#include <algorithm>
#include <utility>

#include "credsim/policy.hpp"

#include "iam/wildcard.hpp"

namespace credsim::iam {

namespace {

void replace(std::vector<RequestContext::Entry>& entries, RequestContext::Entry entry) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const RequestContext::Entry& present) { return present.key == entry.key; });
  if (found != entries.end())
    *found = std::move(entry);
  else
    entries.push_back(std::move(entry));
}

}  // namespace

void RequestContext::set(std::string_view key, std::string value) {
  Entry entry{.key = ascii_lower(key), .values = {}, .multivalued = false};
  entry.values.push_back(std::move(value));
  replace(entries_, std::move(entry));
}

void RequestContext::set(std::string_view key, std::vector<std::string> values) {
  replace(entries_, {.key = ascii_lower(key), .values = std::move(values), .multivalued = true});
}

void RequestContext::set(Entry entry) {
  replace(entries_, std::move(entry));
}

const RequestContext::Entry* RequestContext::find(std::string_view key) const {
  const Entry* entry = entry_of(key);
  return entry == nullptr || entry->values.empty() ? nullptr : entry;
}

bool RequestContext::is_open(std::string_view key) const {
  return never_carries_ != nullptr && entry_of(key) == nullptr && !never_carries_(key);
}

const RequestContext::Entry* RequestContext::entry_of(std::string_view key) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [key](const Entry& entry) { return equals_ignoring_case(entry.key, key); });
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace credsim::iam
