#include "iam/principal_set.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "iam/arn_pattern.hpp"
#include "iam/spelling.hpp"

namespace credsim::iam {

namespace {

constexpr std::array<std::string_view, 7> kServiceDomains{".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu",
                                                          ".amazon.com",    ".aws.internal",     ".c2s.ic.gov",
                                                          ".sc2s.sgov.gov"};

bool is_account_id(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_service_name(std::string_view text) {
  const auto is_host_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return std::all_of(text.begin(), text.end(), is_host_character) &&
         std::any_of(kServiceDomains.begin(), kServiceDomains.end(),
                     [text](std::string_view domain) { return text.size() > domain.size() && text.ends_with(domain); });
}

bool is_principal_arn(const ArnParts& arn) {
  if ((arn[2] != "iam" && arn[2] != "sts") || !arn[3].empty() || !is_account_id(arn[4])) return false;
  constexpr std::array<std::string_view, 2> kIamTypes{"role/", "user/"};
  constexpr std::array<std::string_view, 2> kStsTypes{"assumed-role/", "federated-user/"};
  if (arn[2] == "iam" && arn[5] == "root") return true;
  const auto& types = arn[2] == "iam" ? kIamTypes : kStsTypes;
  return std::any_of(types.begin(), types.end(),
                     [&](std::string_view type) { return arn[5].size() > type.size() && arn[5].starts_with(type); });
}

/// A session's ARN names its role or user without the path.
bool acts_for(const ArnParts& session, const ArnParts& identity) {
  if (session[1] != identity[1] || session[4] != identity[4] || session[2] != "sts" || identity[2] != "iam")
    return false;
  const std::string_view role_session = "assumed-role/";
  const std::string_view user_session = "federated-user/";
  const bool is_role = identity[5].starts_with("role/") && session[5].starts_with(role_session);
  const bool is_user = identity[5].starts_with("user/") && session[5].starts_with(user_session);
  if (!is_role && !is_user) return false;
  std::string_view name = session[5].substr(is_role ? role_session.size() : user_session.size());
  if (is_role) name = name.substr(0, name.find('/'));
  return identity[5].substr(identity[5].rfind('/') + 1) == name;
}

/// In the order of Principal::Kind.
constexpr std::array<std::string_view, 3> kKinds{"Service", "AWS", "Federated"};

}  // namespace

std::string principal_text(const Principal& principal) {
  return std::string(kKinds[static_cast<std::size_t>(principal.kind)]) + " " + principal.name;
}

std::optional<Principal::Kind> principal_kind(std::string_view key, std::string& fault) {
  const auto* const kind = std::find(kKinds.begin(), kKinds.end(), key);
  if (kind != kKinds.end()) return static_cast<Principal::Kind>(kind - kKinds.begin());
  fault = in_quotes(key) + " is not a kind of principal that can assume a role; " + suggestion(key, kKinds);
  return std::nullopt;
}

bool PrincipalSet::add(Principal::Kind kind, std::string_view name, std::string& fault) {
  const auto refuse = [&](std::string_view what) {
    fault = in_quotes(name) + " is not " + std::string(what);
    return false;
  };
  switch (kind) {
    case Principal::Kind::service:
      if (!is_service_name(name)) {
        return refuse("a service principal; it is a host name in lower case such as appstream.amazonaws.com");
      }
      break;
    case Principal::Kind::aws: {
      if (name == "*") {
        add_everyone();
        return true;
      }
      if (is_account_id(name)) {
        names_.push_back({.kind = kind, .text = std::string(name), .is_account = true});
        return true;
      }
      const std::optional<ArnParts> arn = split_arn(name);
      if (!arn || !is_principal_arn(*arn) || name.find_first_of("*?") != std::string_view::npos) {
        return refuse(
            "an AWS principal; it is \"*\", a 12-digit account id, or the whole ARN of an account's root, a role, a "
            "user "
            "or a session, without wildcards");
      }
      if ((*arn)[5] == "root") {
        names_.push_back({.kind = kind, .text = std::string((*arn)[4]), .is_account = true});
        return true;
      }
      break;
    }
    case Principal::Kind::federated:
      if (name.empty() || name.find_first_of("*?") != std::string_view::npos) {
        return refuse("an identity provider; it is a provider's ARN or host name, without wildcards");
      }
      break;
  }
  names_.push_back({.kind = kind, .text = std::string(name)});
  return true;
}

std::string PrincipalSet::text() const {
  if (everyone_) return "everyone";
  std::string text;
  for (const Name& name : names_) text += (text.empty() ? "" : " or ") + principal_text({name.kind, name.text});
  return text;
}

Coverage PrincipalSet::coverage(const Principal& principal) const {
  Coverage best = everyone_ ? Coverage::principal : Coverage::none;
  for (const Name& name : names_) best = std::max(best, covers(name, principal));
  return best;
}

bool PrincipalSet::names_sessions() const {
  return std::any_of(names_.begin(), names_.end(), [](const Name& name) {
    return name.kind == Principal::Kind::aws && name.text.find(":assumed-role/") != std::string::npos;
  });
}

Coverage PrincipalSet::covers(const Name& name, const Principal& principal) {
  if (name.kind != principal.kind) return Coverage::none;
  if (name.text == principal.name) return Coverage::principal;
  if (name.kind != Principal::Kind::aws) return Coverage::none;
  const std::optional<ArnParts> asking = split_arn(principal.name);
  if (!asking) return Coverage::none;
  if (name.is_account) return (*asking)[4] == name.text ? Coverage::account : Coverage::none;
  const std::optional<ArnParts> named = split_arn(name.text);
  return named && acts_for(*asking, *named) ? Coverage::role : Coverage::none;
}

}  // namespace credsim::iam
