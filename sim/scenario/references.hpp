#pragma once

#include <optional>
#include <string_view>

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

// What the values of a scenario refer to by name. Each function returns nothing if the key is absent, or if its value
// names nothing, which has then been said.

/// The word that stands for "no role" where a role may be named; a role of that name is referred to by its ARN.
inline constexpr std::string_view kNoRole = "none";

/// An index in Scenario::accounts.
[[nodiscard]] std::optional<std::size_t> read_account_reference(const FieldReader& fields, std::string_view key,
                                                                ReadContext& context);

/// An index in the Regions of `account`.
[[nodiscard]] std::optional<std::size_t> read_region_reference(const FieldReader& fields, std::string_view key,
                                                               std::size_t account, ReadContext& context);

/// An index in Scenario::images.
[[nodiscard]] std::optional<std::size_t> read_image_reference(const FieldReader& fields, std::string_view key,
                                                              ReadContext& context);

/// An index in Scenario::roles, by ARN or by a name, which is looked up in `account` first and in the others then.
/// Nothing for kNoRole.
[[nodiscard]] std::optional<std::size_t> read_role_reference(const FieldReader& fields, std::string_view key,
                                                             std::optional<std::size_t> account, ReadContext& context);

}  // namespace credsim
