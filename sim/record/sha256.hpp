#pragma once

#include <string>
#include <string_view>

namespace credsim::record {

/// The SHA-256 of `text` in lower-case hexadecimal, by which a run names the scenario that it ran.
/// Throws std::runtime_error if the machine's libcrypto has none.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace credsim::record
