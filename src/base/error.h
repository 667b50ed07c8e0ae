#pragma once
// The one exception type of Hanok. It carries a Spark error condition, its SQLSTATE, its parameters
// and, where the statement's text is known, the place in it. Front doors translate it once.

#include <exception>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hanok {

// What the client raises; names follow Spark's exception classes.
enum class ErrorKind {
    kParse,
    kAnalysis,
    kArithmetic,
    kNumberFormat,
    kIllegalArgument,
    kDateTime,
    kArrayIndexOutOfBounds,
    kUnsupportedOperation,
    kRuntime,
    kNoSuchElement,
    kSpark,
    kConcurrentModification,
    kInvalidPlanInput,
    kInvalidCommandInput,
    kInternal,
};

// Where in the user's statement (or DataFrame call) an error arose.
struct QueryContext {
    bool is_dataframe = false;
    std::string object_type;  // e.g. "VIEW", empty for the statement itself
    std::string object_name;
    int start_index = -1;  // 0-based character offsets into the statement, stop inclusive
    int stop_index = -1;
    std::string fragment;   // the text between them, or the DataFrame method
    std::string call_site;  // DataFrame only
    std::string summary;    // multi-line text that points at the fragment
};

using ErrorParameters = std::map<std::string, std::string>;

class Error : public std::exception {
public:
    // `condition` is a Spark condition, with subclass: "UNRESOLVED_COLUMN.WITH_SUGGESTION".
    // SQLSTATE comes from the table in error_conditions.cc ("XX000" for unknown conditions).
    Error(ErrorKind kind, std::string condition, ErrorParameters parameters = {});

    ErrorKind kind() const { return kind_; }
    const std::string& condition() const { return condition_; }
    const std::string& sqlstate() const { return sqlstate_; }
    const ErrorParameters& parameters() const { return parameters_; }
    const std::vector<QueryContext>& contexts() const { return contexts_; }
    // "[CONDITION] text. SQLSTATE: 42703", followed by the summaries of the contexts.
    const std::string& message() const { return message_; }
    const char* what() const noexcept override { return message_.c_str(); }

    // Adds a context if none is set yet; returns *this so that it can be thrown.
    Error&& with_context(QueryContext context) &&;
    void add_context(QueryContext context);
    bool has_context() const { return !contexts_.empty(); }

    // Rebuilds an Error that was carried as text through the engine (see encode()); nullptr if
    // `text` is none.
    static std::unique_ptr<Error> decode(const std::string& text);
    // One line of text that decode() understands; kernels inside the engine throw it.
    std::string encode() const;

private:
    void render();

    ErrorKind kind_;
    std::string condition_;
    std::string sqlstate_;
    ErrorParameters parameters_;
    std::vector<QueryContext> contexts_;
    std::string message_;
};

// Shorthands for the common kinds.
Error analysis_error(std::string condition, ErrorParameters parameters = {});
Error parse_error(std::string condition, ErrorParameters parameters = {});
Error runtime_error(std::string condition, ErrorParameters parameters = {});
Error arithmetic_error(std::string condition, ErrorParameters parameters = {});
Error unsupported_error(std::string condition, ErrorParameters parameters = {});
// A feature Hanok does not have: UNSUPPORTED_FEATURE.HANOK with the feature's name.
Error unsupported_feature(const std::string& feature);
// A bug of ours: INTERNAL_ERROR.
Error internal_error(const std::string& text);

// SQLSTATE of a condition, or "" when the condition is not in the table.
std::string sqlstate_of(const std::string& condition);
// Message of a condition with its <parameters> filled in; falls back to "name: value" pairs.
std::string message_of(const std::string& condition, const ErrorParameters& parameters);

// Identifier quoting as Spark prints it in errors: `a`.`b`.
std::string quote_identifier(const std::string& part);
std::string quote_identifier(const std::vector<std::string>& parts);
// Quotes only where needed: a.b, `a b`.c
std::string quote_if_needed(const std::vector<std::string>& parts);

}  // namespace hanok
