#pragma once

namespace credsim::test {

/// True under a sanitizer, where a test takes many times as long. What has its size for the sake of a sharp claim may
/// have a smaller one there: the release build makes the claim, and a sanitizer sees the same paths.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace credsim::test
