#include "connect/errors.h"

#include <spark/connect/base.pb.h>

#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/ids.h"
#include "connect/wire.h"

namespace hanok::connect {

namespace {

// gRPC clients may drop metadata above 8 KiB. The message goes out twice: percent-encoded, and in
// the base64 details.
constexpr size_t kMaxEncodedMessageBytes = 2048;
constexpr size_t kMaxParametersBytes = 1024;

using Names = std::vector<std::string>;

Names kind_hierarchy(ErrorKind kind) {
    const std::string spark = "org.apache.spark.";
    const std::string illegal_argument = "java.lang.IllegalArgumentException";
    switch (kind) {
        case ErrorKind::kParse:
            return {spark + "sql.catalyst.parser.ParseException", spark + "sql.AnalysisException"};
        case ErrorKind::kAnalysis:
            return {
                spark + "sql.catalyst.ExtendedAnalysisException", spark + "sql.AnalysisException"};
        case ErrorKind::kArithmetic:
            return {spark + "SparkArithmeticException", "java.lang.ArithmeticException"};
        case ErrorKind::kNumberFormat:
            return {spark + "SparkNumberFormatException", "java.lang.NumberFormatException",
                illegal_argument};
        case ErrorKind::kIllegalArgument:
            return {spark + "SparkIllegalArgumentException", illegal_argument};
        case ErrorKind::kDateTime:
            return {spark + "SparkDateTimeException", "java.time.DateTimeException"};
        case ErrorKind::kArrayIndexOutOfBounds:
            return {spark + "SparkArrayIndexOutOfBoundsException",
                "java.lang.ArrayIndexOutOfBoundsException", "java.lang.IndexOutOfBoundsException"};
        case ErrorKind::kUnsupportedOperation:
            return {spark + "SparkUnsupportedOperationException",
                "java.lang.UnsupportedOperationException"};
        case ErrorKind::kRuntime: return {spark + "SparkRuntimeException"};
        case ErrorKind::kNoSuchElement:
            return {spark + "SparkNoSuchElementException", "java.util.NoSuchElementException"};
        case ErrorKind::kConcurrentModification:
            return {"java.util.ConcurrentModificationException"};
        case ErrorKind::kInvalidPlanInput: return {spark + "sql.connect.common.InvalidPlanInput"};
        case ErrorKind::kInvalidCommandInput:
            return {spark + "sql.connect.common.InvalidCommandInput"};
        case ErrorKind::kSpark:
        case ErrorKind::kInternal: break;
    }
    return {spark + "SparkException"};
}

// Delta's commit conflicts have classes of their own, by which its clients decide whether to retry.
std::string delta_conflict_class(const std::string& condition) {
    static const std::map<std::string, std::string> classes = {
        {"DELTA_CONCURRENT_APPEND", "ConcurrentAppendException"},
        {"DELTA_CONCURRENT_DELETE_READ", "ConcurrentDeleteReadException"},
        {"DELTA_CONCURRENT_DELETE_DELETE", "ConcurrentDeleteDeleteException"},
        {"DELTA_CONCURRENT_TRANSACTION", "ConcurrentTransactionException"},
        {"DELTA_CONCURRENT_WRITE", "ConcurrentWriteException"},
        {"DELTA_METADATA_CHANGED", "MetadataChangedException"},
        {"DELTA_PROTOCOL_CHANGED", "ProtocolChangedException"},
    };
    auto it = classes.find(condition.substr(0, condition.find('.')));
    return it == classes.end() ? "" : it->second;
}

// Raised by the user's code in a Python worker.
bool is_python_exception(const std::string& condition) {
    return condition == "PYTHON_EXCEPTION" || condition == "HANOK_PYTHON_RESULT";
}

Names class_hierarchy(const Error& error) {
    Names out;
    if (std::string name = delta_conflict_class(error.condition()); !name.empty()) {
        out = {"io.delta.exceptions." + name,
            "io.delta.exceptions.DeltaConcurrentModificationException"};
    }
    if (is_python_exception(error.condition()))
        out.push_back("org.apache.spark.api.python.PythonException");
    for (auto& name : kind_hierarchy(error.kind())) out.push_back(std::move(name));
    if (error.kind() != ErrorKind::kParse && error.kind() != ErrorKind::kAnalysis &&
        error.kind() != ErrorKind::kSpark && error.kind() != ErrorKind::kInternal) {
        out.push_back("java.lang.RuntimeException");
    }
    for (const char* base : {"java.lang.Exception", "java.lang.Throwable", "java.lang.Object"})
        out.push_back(base);
    return out;
}

// The longest prefix, at a character's border, that gRPC encodes in at most `limit` bytes.
std::string fitting_prefix(const std::string& text, size_t limit) {
    size_t encoded = 0;
    size_t end = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        auto c = static_cast<unsigned char>(text[i]);
        if ((c & 0xC0) != 0x80) end = i;
        encoded += (c < 0x20 || c > 0x7E || c == '%') ? 3 : 1;
        if (encoded > limit) return text.substr(0, end) + "...";
    }
    return text;
}

std::string json_text(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void context_to_proto(
    const QueryContext& context, spark::connect::FetchErrorDetailsResponse::QueryContext* out) {
    using Out = spark::connect::FetchErrorDetailsResponse::QueryContext;
    out->set_context_type(context.is_dataframe ? Out::DATAFRAME : Out::SQL);
    out->set_object_type(context.object_type);
    out->set_object_name(context.object_name);
    out->set_start_index(context.start_index);
    out->set_stop_index(context.stop_index);
    out->set_fragment(context.fragment);
    out->set_call_site(context.call_site);
    out->set_summary(context.summary);
}

}  // namespace

std::string ErrorStore::put(const Error& error) {
    std::string id = base::new_uuid(base::SystemRandom::instance());
    std::lock_guard lock(mutex_);
    errors_.emplace_back(id, error);
    while (errors_.size() > capacity_) errors_.pop_front();
    return id;
}

std::optional<Error> ErrorStore::take(const std::string& id) {
    std::lock_guard lock(mutex_);
    for (auto it = errors_.begin(); it != errors_.end(); ++it) {
        if (it->first != id) continue;
        Error error = std::move(it->second);
        errors_.erase(it);
        return error;
    }
    return std::nullopt;
}

Error to_error(const std::exception_ptr& exception) {
    try {
        std::rethrow_exception(exception);
    } catch (const Error& error) {
        return error;
    } catch (const std::bad_alloc&) {
        return internal_error("out of memory");
    } catch (const std::exception& other) {
        return internal_error(other.what());
    } catch (...) {
        return internal_error("unknown exception");
    }
}

grpc::Status to_status(const Error& error, ErrorStore* store) {
    Names classes = class_hierarchy(error);
    std::map<std::string, std::string> metadata;
    metadata["classes"] = json_text(classes);
    metadata["errorClass"] = error.condition();
    if (!error.sqlstate().empty()) metadata["sqlState"] = error.sqlstate();
    std::string parameters = json_text(nlohmann::json(error.parameters()));
    if (parameters.size() <= kMaxParametersBytes)
        metadata["messageParameters"] = std::move(parameters);
    if (store) metadata["errorId"] = store->put(error);
    std::string message = fitting_prefix(error.message(), kMaxEncodedMessageBytes);
    return grpc::Status(grpc::StatusCode::INTERNAL, message,
        wire::error_status(grpc::StatusCode::INTERNAL, message, classes.front(), metadata));
}

void fill_details(const Error& error, spark::connect::FetchErrorDetailsResponse* response) {
    response->set_root_error_idx(0);
    auto* out = response->add_errors();
    for (const auto& name : class_hierarchy(error)) out->add_error_type_hierarchy(name);
    out->set_message(error.message());
    auto* throwable = out->mutable_spark_throwable();
    throwable->set_error_class(error.condition());
    if (!error.sqlstate().empty()) throwable->set_sql_state(error.sqlstate());
    for (const auto& [name, value] : error.parameters())
        (*throwable->mutable_message_parameters())[name] = value;
    for (const auto& context : error.contexts())
        context_to_proto(context, throwable->add_query_contexts());
}

Error invalid_handle(const std::string& subclass, const std::string& handle) {
    return Error(ErrorKind::kSpark, "INVALID_HANDLE." + subclass, {{"handle", handle}});
}

Error operation_canceled() { return Error(ErrorKind::kSpark, "OPERATION_CANCELED"); }

}  // namespace hanok::connect
