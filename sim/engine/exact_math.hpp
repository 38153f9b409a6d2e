#pragma once

namespace credsim {

/// Elementary functions built only from the IEEE 754 operations + − × ÷ √ on doubles and from integers, each rounded
/// the same everywhere. The C library's own differ in their last bits from platform to platform, and one bit moves an
/// event. Compile without contraction to fused multiply-adds (-ffp-contract=off). None of them allocates, throws or
/// sets errno.

/// The natural logarithm of a positive, normal, finite `x`. Relative error below 3e-16 (next to 1; 1.2e-16 elsewhere).
/// Never falls as `x` rises, not by a bit.
[[nodiscard]] double exact_log(double x) noexcept;

/// e to the power of `x`. Relative error below 2e-16 for |x| ≤ 708; beyond, infinity above and 0 below. Never falls as
/// `x` rises, not by a bit.
[[nodiscard]] double exact_exp(double x) noexcept;

/// The standard normal quantile of `p` in (0, 1). Relative error below 1e-15 (6e-16 from 2⁻⁶ to 1 − 2⁻⁶). Never falls
/// from one draw of a RandomStream to the next one above it.
[[nodiscard]] double exact_inverse_normal(double p) noexcept;

/// Γ(x) for 1 ≤ x. Relative error below 3e-13 (2e-14 below 20); infinity for results above 3e307.
[[nodiscard]] double exact_gamma(double x) noexcept;

}  // namespace credsim
