#pragma once

#include <array>

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// Reads `accounts`: their Regions with buckets, latencies, quotas and service control policies.
void read_accounts(const FieldReader& scenario, ReadContext& context);

/// The words for token buckets.
[[nodiscard]] std::array<Word<BucketKind>, kBucketKinds> bucket_words();

/// A bucket that nobody has given a size holds one second's tokens, and at least one.
[[nodiscard]] std::int64_t default_burst(const Rate& rate);

inline constexpr std::int64_t kLargestBurst = 1'000'000'000'000'000;

}  // namespace credsim
