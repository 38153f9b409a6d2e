#include <algorithm>
#include <system_error>

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"
#include "scenario/source_text.hpp"
#include "scenario/values.hpp"
#include "scenario/yaml_source.hpp"

namespace credsim {

namespace {

/// Finds `name` from `folder`; on a fault returns nothing and says why.
std::optional<std::filesystem::path> path_within(const std::filesystem::path& folder, const std::filesystem::path& name,
                                                 std::string& fault) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::canonical(folder / name, error);
  if (error) {
    fault = "cannot be found beside the scenario; check the path";
    return std::nullopt;
  }
  const std::filesystem::path root = std::filesystem::canonical(folder, error);
  if (error || std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first != root.end()) {
    fault = "lies outside of the scenario's folder; put it beside the scenario or below";
    return std::nullopt;
  }
  if (!std::filesystem::is_regular_file(path, error)) {
    fault = "is not a file; name one";
    return std::nullopt;
  }
  return path;
}

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = line.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

std::optional<NamedFile> read_named_file(const YamlNode& node, ReadContext& context) {
  const auto name = read_text(node, "file", context.diagnostics);
  if (!name) return std::nullopt;
  std::string fault;
  const auto path = path_within(context.folder, *name, fault);
  auto text = path ? read_text_file(path->string(), fault) : std::nullopt;
  if (!text) {
    add_value_fault(node, "file", fault, context.diagnostics);
    return std::nullopt;
  }
  context.scenario.files.push_back((context.folder / *name).lexically_normal().string());
  return NamedFile{std::move(*text), context.diagnostics.add_source(context.scenario.files.back())};
}

std::optional<std::vector<Duration>> read_duration_file(const YamlNode& node, ReadContext& context) {
  const auto file = read_named_file(node, context);
  if (!file || !is_text(file->text, file->source, context.diagnostics)) return std::nullopt;

  std::vector<Duration> durations;
  bool good = true;
  std::uint32_t number = 0;
  for (std::string_view rest = without_byte_order_mark(file->text); !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    std::string fault;
    const auto duration = parse_duration(line, fault);
    if (duration) {
      durations.push_back(*duration);
    } else {
      context.diagnostics.add({file->source, {number, 1}}, quoted_text(line) + " " + fault);
      good = false;
    }
  }
  if (good && durations.empty()) {
    context.diagnostics.add({file->source, {}}, "the file has no durations; write one on each line");
    good = false;
  }
  if (!good) return std::nullopt;
  return durations;
}

}  // namespace credsim
