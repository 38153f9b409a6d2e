#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "credsim/policy.hpp"

#include "iam/spelling.hpp"
#include "iam/statement.hpp"

namespace credsim::iam {

namespace {

using nlohmann::json;
using Pointer = json::json_pointer;
using Statement = PolicyDocument::Statement;

/// IAM's parameters of type policyDocumentType hold at most this much.
constexpr std::size_t kLargestDocumentBytes = 131'072;

/// From the document down to one of several values of a condition. What is nested deeper cannot be a policy, and could
/// exhaust the stack while its length is taken.
constexpr int kLevels = 7;

constexpr std::array<std::string_view, 3> kDocumentElements{"Version", "Id", "Statement"};
constexpr std::array<std::string_view, 9> kStatementElements{
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// "*", or a service and the name of an action: "ec2:Describe*".
bool is_action(std::string_view text) {
  if (text == "*") return true;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  const std::string_view service = text.substr(0, colon);
  const std::string_view name = text.substr(colon + 1);
  return (service == "*" ||
          std::all_of(service.begin(), service.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; })) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '*' || c == '?' || c == '-' || c == '_'; });
}

bool is_deeper_than(int levels, const json& value) {
  if (!value.is_structured()) return false;
  return levels == 0 || std::any_of(value.begin(), value.end(),
                                    [levels](const json& inner) { return is_deeper_than(levels - 1, inner); });
}

/// Reads one document and collects its faults; what it returns counts only if there were none.
class Reader {
 public:
  Reader(PolicyKind kind, std::vector<PolicyFault>& faults) : kind_(kind), faults_(faults) {}

  std::vector<Statement> read(const json& document) {
    std::vector<Statement> statements;
    if (!document.is_object()) {
      fault(Pointer(), "a policy is not an object; it is written {\"Version\": \"2012-10-17\", \"Statement\": [...]}");
      return statements;
    }
    if (is_deeper_than(kLevels, document)) {
      fault(Pointer(), "the document is nested too deep; a policy has no more than its statements' conditions' values");
      return statements;
    }
    if (document.dump(-1, ' ', false, json::error_handler_t::replace).size() > kLargestDocumentBytes) {
      fault(Pointer(), "the document is longer than 131072 bytes, IAM's cap for any policy; split it");
      return statements;
    }
    check_elements(document, Pointer(), kDocumentElements);
    read_version(document);
    if (const auto id = document.find("Id"); id != document.end() && !id->is_string()) {
      fault(Pointer("/Id"), "Id is not a string; write one, or leave it out");
    }
    const auto found = document.find("Statement");
    if (found == document.end()) {
      fault(Pointer(), "there is no Statement; a policy has at least one");
      return statements;
    }
    const Pointer at("/Statement");
    if (found->is_object()) {
      statements.push_back(read_statement(*found, at));
    } else if (found->is_array() && !found->empty()) {
      for (std::size_t i = 0; i < found->size(); ++i) statements.push_back(read_statement((*found)[i], at / i));
    } else {
      fault(at, "Statement holds no statements; it is an object or an array of at least one");
    }
    return statements;
  }

 private:
  void fault(const Pointer& at, std::string message) { faults_.push_back({at.to_string(), std::move(message)}); }

  void check_elements(const json& object, const Pointer& at, std::span<const std::string_view> known) {
    for (const auto& [name, value] : object.items()) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        fault(at / name, in_quotes(name) + " is not an element that stands here; " + suggestion(name, known));
      }
    }
  }

  void read_version(const json& document) {
    const auto version = document.find("Version");
    if (version == document.end()) return;
    if (*version == "2012-10-17") {
      variables_ = true;
    } else if (*version != "2008-10-17") {
      fault(Pointer("/Version"), "the version is not known; it is \"2012-10-17\", or \"2008-10-17\" for old documents");
    }
  }

  /// Calls `use` with each string of a string or an array of strings, and its pointer.
  template <typename Use>
  void for_each_string(const json& value, const Pointer& at, std::string_view what, Use use) {
    const json* first = &value;
    std::size_t count = 1;
    if (value.is_array()) {
      count = value.size();
      first = count > 0 ? &value.front() : nullptr;
      if (count == 0) fault(at, "the array is empty; name at least one " + std::string(what));
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Pointer here = value.is_array() ? at / i : at;
      if (first[i].is_string()) {
        use(first[i].get_ref<const std::string&>(), here);
      } else {
        fault(here, "this is not a string; write the " + std::string(what) + " as a string, or an array of strings");
      }
    }
  }

  Statement read_statement(const json& source, const Pointer& at) {
    Statement statement;
    statement.pointer = at.to_string();
    if (!source.is_object()) {
      fault(at, "a statement is not an object; it has at least an Effect and an Action");
      return statement;
    }
    check_elements(source, at, kStatementElements);
    read_sid(source, at, statement);
    read_effect(source, at, statement);
    read_principal(source, at, statement);
    read_actions(source, at, statement);
    read_resources(source, at, statement);
    if (const auto condition = source.find("Condition"); condition != source.end()) {
      read_condition(*condition, at / "Condition", statement);
    }
    return statement;
  }

  void read_sid(const json& source, const Pointer& at, Statement& statement) {
    const auto sid = source.find("Sid");
    if (sid == source.end()) return;
    const auto* text = sid->get_ptr<const std::string*>();
    if (text == nullptr || !std::all_of(text->begin(), text->end(), is_letter_or_digit)) {
      fault(at / "Sid", "the Sid has other characters; IAM takes letters A to Z, a to z, and digits");
      return;
    }
    if (!text->empty() && !sids_.insert(*text).second) {
      fault(at / "Sid", "the Sid " + in_quotes(*text) + " is used twice; each is unique in its document");
    }
    statement.sid = *text;
  }

  void read_effect(const json& source, const Pointer& at, Statement& statement) {
    const auto effect = source.find("Effect");
    if (effect == source.end()) {
      fault(at, "there is no Effect; it is \"Allow\" or \"Deny\"");
    } else if (*effect == "Allow") {
      statement.effect = Effect::allow;
    } else if (*effect == "Deny") {
      statement.effect = Effect::deny;
    } else {
      fault(at / "Effect", "the Effect is not known; it is \"Allow\" or \"Deny\", written just so");
    }
  }

  void read_principal(const json& source, const Pointer& at, Statement& statement) {
    const auto principal = source.find("Principal");
    const bool has_not_principal = source.contains("NotPrincipal");
    if (kind_ != PolicyKind::trust && kind_ != PolicyKind::resource) {
      const std::string why =
          " stands in a policy that is attached to its principal; only trust policies and the policies of other "
          "resources have it";
      if (principal != source.end()) fault(at / "Principal", "a Principal" + why);
      if (has_not_principal) fault(at / "NotPrincipal", "a NotPrincipal" + why);
      return;
    }
    if (kind_ == PolicyKind::resource && has_not_principal) return read_not_principal(source, at, statement);
    if (has_not_principal) {
      fault(at / "NotPrincipal",
            "IAM does not take NotPrincipal in trust policies; name a Principal, and exceptions in a Condition on "
            "aws:PrincipalArn");
    }
    if (principal == source.end()) {
      if (!has_not_principal) {
        fault(at, kind_ == PolicyKind::trust
                      ? "there is no Principal; a trust policy names one, such as {\"Service\": "
                        "\"appstream.amazonaws.com\"}"
                      : "there is no Principal; a resource's policy names one, such as {\"AWS\": \"123456789012\"}");
      }
      return;
    }
    read_principal_value(*principal, at / "Principal", statement.principals);
  }

  void read_not_principal(const json& source, const Pointer& at, Statement& statement) {
    const json* value = either(source, at, "Principal", "NotPrincipal");
    if (value == nullptr) return;
    statement.is_not_principal = true;
    if (statement.effect == Effect::allow)
      fault(at / "NotPrincipal", "NotPrincipal stands with Allow, which IAM does not support; use it with Deny");
    read_principal_value(*value, at / "NotPrincipal", statement.principals);
  }

  void read_principal_value(const json& source, const Pointer& at, PrincipalSet& principals) {
    if (source == "*") {
      principals.add_everyone();
      return;
    }
    if (!source.is_object() || source.empty()) {
      fault(at,
            "the Principal names nobody; it is \"*\" or an object such as {\"Service\": \"appstream.amazonaws.com\"}");
      return;
    }
    for (const auto& [key, names] : source.items()) {
      std::string message;
      const std::optional<Principal::Kind> kind = principal_kind(key, message);
      if (!kind) {
        fault(at / key, std::move(message));
        continue;
      }
      for_each_string(names, at / key, "principal", [&](const std::string& name, const Pointer& here) {
        std::string wrong;
        if (!principals.add(*kind, name, wrong)) fault(here, std::move(wrong));
      });
    }
  }

  /// Of two elements that exclude one another: the one that is there, or null and a fault.
  const json* either(const json& source, const Pointer& at, const char* element, const char* negation) {
    const auto positive = source.find(element);
    const auto negative = source.find(negation);
    if ((positive == source.end()) == (negative == source.end())) {
      const bool both = positive != source.end();
      fault(at, std::string(both ? "there are both " : "there is neither ") + element + (both ? " and " : " nor ") +
                    negation + "; a statement has one of them");
      return nullptr;
    }
    return positive != source.end() ? &*positive : &*negative;
  }

  void read_actions(const json& source, const Pointer& at, Statement& statement) {
    const json* value = either(source, at, "Action", "NotAction");
    if (value == nullptr) return;
    statement.is_not_action = source.contains("NotAction");
    const Pointer here = at / (statement.is_not_action ? "NotAction" : "Action");
    for_each_string(*value, here, "action", [&](const std::string& action, const Pointer& where) {
      if (is_action(action)) {
        statement.actions.push_back(WildcardPattern::compile(action));
        statement.action_names.push_back(action);
      } else {
        fault(where, in_quotes(action) + " is not an action; it is service:Name, such as sts:AssumeRole, or \"*\"");
      }
    });
  }

  void read_resources(const json& source, const Pointer& at, Statement& statement) {
    if (kind_ == PolicyKind::trust) {
      for (const char* element : {"Resource", "NotResource"}) {
        if (source.contains(element)) {
          fault(at / element,
                std::string(element) + " stands in a trust policy; leave it out, the role itself is meant");
        }
      }
      statement.resources.emplace_back(Statement::AnyResource{});
      return;
    }
    // Some services' policies, such as those of Amazon ECR, name no resource: their own is meant.
    if (kind_ == PolicyKind::resource && !source.contains("Resource") && !source.contains("NotResource")) {
      statement.resources.emplace_back(Statement::AnyResource{});
      return;
    }
    const json* value = either(source, at, "Resource", "NotResource");
    if (value == nullptr) return;
    statement.is_not_resource = source.contains("NotResource");
    const Pointer here = at / (statement.is_not_resource ? "NotResource" : "Resource");
    for_each_string(*value, here, "resource", [&](const std::string& resource, const Pointer& where) {
      if (resource == "*") {
        statement.resources.emplace_back(Statement::AnyResource{});
        return;
      }
      std::string message;
      auto pattern = ArnPattern::parse(resource, variables_, message);
      if (pattern && pattern->has_variables_before_resource()) {
        message = "a policy variable stands before the fifth colon; IAM takes them in the ARN's last part only";
      }
      if (message.empty()) {
        statement.resources.emplace_back(std::move(*pattern));
      } else {
        fault(where, std::move(message));
      }
    });
  }

  void read_condition(const json& source, const Pointer& at, Statement& statement) {
    if (!source.is_object()) {
      fault(at, "Condition is not an object; it is written {operator: {key: value}}");
      return;
    }
    for (const auto& [operator_name, keys] : source.items()) {
      const Pointer here = at / operator_name;
      std::string message;
      const std::optional<OperatorUse> use = OperatorUse::parse(operator_name, message);
      if (!use) {
        fault(here, std::move(message));
      } else if (!keys.is_object() || keys.empty()) {
        fault(here, "the operator has no keys; it is written {operator: {key: value}}");
      } else {
        read_condition_keys(*use, keys, here, statement);
      }
    }
  }

  void read_condition_keys(const OperatorUse& use, const json& keys, const Pointer& at, Statement& statement) {
    std::set<std::string> seen;
    for (const auto& [key, values] : keys.items()) {
      const Pointer here = at / key;
      if (!is_condition_key(key)) {
        fault(here, in_quotes(key) + " is not a condition key; it is service:key, such as aws:SourceIp");
        continue;
      }
      if (!seen.insert(ascii_lower(key)).second) {
        fault(here, in_quotes(key) + " is there twice but for its case; give its values in one array");
        continue;
      }
      statement.conditions.push_back(read_condition_values(Condition(use, key), values, here));
    }
  }

  Condition read_condition_values(Condition condition, const json& values, const Pointer& at) {
    const auto read_value = [&](const json& value, const Pointer& here) {
      std::string message;
      if (value.is_structured() || value.is_null()) {
        fault(here, "this is not a value; write a string, a number, true or false, or an array of these");
      } else if (!condition.add_value(value.is_string() ? value.get_ref<const std::string&>() : value.dump(),
                                      variables_, message)) {
        fault(here, std::move(message));
      }
    };
    if (!values.is_array()) {
      read_value(values, at);
    } else if (values.empty()) {
      fault(at, "the array is empty; a condition has at least one value");
    } else {
      for (std::size_t i = 0; i < values.size(); ++i) read_value(values[i], at / i);
    }
    return condition;
  }

  PolicyKind kind_;
  std::vector<PolicyFault>& faults_;
  bool variables_ = false;
  std::set<std::string> sids_;
};

}  // namespace

PolicyDocument::PolicyDocument(std::shared_ptr<const std::vector<Statement>> statements)
    : statements_(std::move(statements)) {}

std::optional<PolicyDocument> PolicyDocument::parse(const nlohmann::json& document, PolicyKind kind,
                                                    std::vector<PolicyFault>& faults) {
  const std::size_t faults_before = faults.size();
  auto statements = std::make_shared<const std::vector<Statement>>(Reader(kind, faults).read(document));
  if (faults.size() > faults_before) return std::nullopt;
  return PolicyDocument(std::move(statements));
}

bool PolicyDocument::names_sessions() const {
  return std::any_of(statements_->begin(), statements_->end(),
                     [](const Statement& statement) { return statement.principals.names_sessions(); });
}

bool PolicyDocument::mentions(std::string_view key) const {
  return std::any_of(statements_->begin(), statements_->end(),
                     [key](const Statement& statement) { return statement.mentions(key); });
}

}  // namespace credsim::iam
