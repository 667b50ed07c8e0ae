#include "base/error.h"

#include <nlohmann/json.hpp>

namespace hanok {

namespace {

constexpr const char* kMark = "\x01HANOK\x01";

bool is_plain_identifier(const std::string& part) {
    if (part.empty() || (part[0] >= '0' && part[0] <= '9')) return false;
    for (char c : part) {
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
        if (!ok) return false;
    }
    return true;
}

}  // namespace

Error::Error(ErrorKind kind, std::string condition, ErrorParameters parameters)
    : kind_(kind), condition_(std::move(condition)), parameters_(std::move(parameters)) {
    sqlstate_ = sqlstate_of(condition_);
    // Spark gives its oldest conditions none.
    if (sqlstate_.empty() && !condition_.starts_with("_LEGACY")) sqlstate_ = "XX000";
    render();
}

void Error::render() {
    message_ = "[" + condition_ + "] " + message_of(condition_, parameters_) +
               " SQLSTATE: " + sqlstate_;
    for (const auto& context : contexts_) {
        if (!context.summary.empty()) message_ += "\n" + context.summary;
    }
}

Error&& Error::with_context(QueryContext context) && {
    add_context(std::move(context));
    return std::move(*this);
}

void Error::add_context(QueryContext context) {
    if (!contexts_.empty()) return;
    contexts_.push_back(std::move(context));
    render();
}

std::string Error::encode() const {
    nlohmann::json j;
    j["k"] = static_cast<int>(kind_);
    j["c"] = condition_;
    j["p"] = parameters_;
    if (!contexts_.empty()) {
        const auto& c = contexts_.front();
        j["q"] = {c.is_dataframe, c.object_type, c.object_name, c.start_index, c.stop_index,
            c.fragment, c.call_site, c.summary};
    }
    return kMark + j.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + kMark;
}

std::unique_ptr<Error> Error::decode(const std::string& text) {
    const std::string mark = kMark;
    auto begin = text.find(mark);
    if (begin == std::string::npos) return nullptr;
    auto end = text.find(mark, begin + mark.size());
    if (end == std::string::npos) return nullptr;
    auto j = nlohmann::json::parse(
        text.substr(begin + mark.size(), end - begin - mark.size()), nullptr, false);
    if (j.is_discarded()) return nullptr;
    auto error = std::make_unique<Error>(static_cast<ErrorKind>(j["k"].get<int>()),
        j["c"].get<std::string>(), j["p"].get<ErrorParameters>());
    if (j.contains("q")) {
        const auto& q = j["q"];
        error->add_context({q[0], q[1], q[2], q[3], q[4], q[5], q[6], q[7]});
    }
    return error;
}

Error analysis_error(std::string condition, ErrorParameters parameters) {
    return Error(ErrorKind::kAnalysis, std::move(condition), std::move(parameters));
}
Error parse_error(std::string condition, ErrorParameters parameters) {
    return Error(ErrorKind::kParse, std::move(condition), std::move(parameters));
}
Error runtime_error(std::string condition, ErrorParameters parameters) {
    return Error(ErrorKind::kRuntime, std::move(condition), std::move(parameters));
}
Error arithmetic_error(std::string condition, ErrorParameters parameters) {
    return Error(ErrorKind::kArithmetic, std::move(condition), std::move(parameters));
}
Error unsupported_error(std::string condition, ErrorParameters parameters) {
    return Error(ErrorKind::kUnsupportedOperation, std::move(condition), std::move(parameters));
}
Error unsupported_feature(const std::string& feature) {
    return Error(
        ErrorKind::kUnsupportedOperation, "UNSUPPORTED_FEATURE.HANOK", {{"feature", feature}});
}
Error internal_error(const std::string& text) {
    return Error(ErrorKind::kInternal, "INTERNAL_ERROR", {{"message", text}});
}

std::string quote_identifier(const std::string& part) {
    std::string out = "`";
    for (char c : part) {
        if (c == '`') out += '`';
        out += c;
    }
    return out + "`";
}

std::string quote_identifier(const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : ".") + quote_identifier(part);
    return out;
}

std::string quote_if_needed(const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts) {
        out += (out.empty() ? "" : ".") +
               (is_plain_identifier(part) ? part : quote_identifier(part));
    }
    return out;
}

}  // namespace hanok
