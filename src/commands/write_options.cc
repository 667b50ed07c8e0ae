// Options of writes, from the statement and the session; and who made a commit.

#include "base/error.h"
#include "commands/delta_write.h"
#include "sql/parser.h"

namespace hanok::commands {

namespace {

Error illegal(const std::string& name, const std::string& value, const char* explanation) {
    return Error(ErrorKind::kIllegalArgument, "DELTA_ILLEGAL_OPTION",
        {{"name", name}, {"input", value}, {"explain", explanation}});
}

bool bool_option(const char* name, const std::string& value) {
    std::string text = types::to_lower(value);
    if (text != "true" && text != "false") throw illegal(name, value, "must be 'true' or 'false'");
    return text == "true";
}

int64_t integer_option(
    const char* name, const std::string& value, const char* explanation = "must be an integer") {
    char* end = nullptr;
    int64_t n = std::strtoll(value.c_str(), &end, 10);
    if (value.empty() || *end != '\0') throw illegal(name, value, explanation);
    return n;
}

int64_t transaction_version(const std::string& value) {
    constexpr const char* kExplanation = "must be a non-negative integer";
    int64_t n = integer_option("txnVersion", value, kExplanation);
    if (n < 0) throw illegal("txnVersion", value, kExplanation);
    return n;
}

bool is_dynamic(const std::string& value) {
    std::string mode = types::to_lower(value);
    if (mode != "static" && mode != "dynamic")
        throw illegal("partitionOverwriteMode", value, "must be 'STATIC' or 'DYNAMIC'");
    return mode == "dynamic";
}

plan::ExprPtr replace_condition(const std::string& text) {
    try {
        return sql::parse_expression(text);
    } catch (const Error&) {
        throw analysis_error("DELTA_FAILED_RECOGNIZE_PREDICATE", {{"predicate", text}});
    }
}

// "a, `b c`"
std::vector<std::string> column_names(const std::string& list) {
    std::vector<std::string> out;
    std::string name;
    bool quoted = false;
    auto add = [&] {
        size_t first = name.find_first_not_of(' ');
        if (first == std::string::npos) return;
        name = name.substr(first, name.find_last_not_of(' ') - first + 1);
        out.push_back(sql::parse_multipart_identifier(name).back());
        name.clear();
    };
    for (char c : list) {
        if (c == '`') quoted = !quoted;
        if (c == ',' && !quoted) {
            add();
        } else {
            name += c;
        }
    }
    add();
    return out;
}

}  // namespace

DeltaWriteOptions delta_write_options(Session& session, const plan::Options& options) {
    DeltaWriteOptions out;
    auto& config = session.config();
    out.merge_schema = config.get_bool("spark.databricks.delta.schema.autoMerge.enabled", false);
    out.dynamic_partitions =
        types::to_lower(
            config.find("spark.sql.sources.partitionOverwriteMode").value_or("static")) ==
        "dynamic";
    auto text = [&](const char* key) { return config.find(key).value_or(""); };
    out.user_metadata = text("spark.databricks.delta.commitInfo.userMetadata");
    if (auto rows = config.find("spark.sql.files.maxRecordsPerFile"))
        out.max_records_per_file = integer_option("maxRecordsPerFile", *rows);
    out.txn_app_id = config.find("spark.databricks.delta.write.txnAppId");
    if (auto version = config.find("spark.databricks.delta.write.txnVersion"))
        out.txn_version = transaction_version(*version);
    bool asks_dynamic = false;
    for (const auto& [name, value] : options) {
        std::string key = types::to_lower(name);
        if (key == "mergeschema") out.merge_schema = bool_option("mergeSchema", value);
        if (key == "overwriteschema") out.overwrite_schema = bool_option("overwriteSchema", value);
        if (key == "usermetadata") out.user_metadata = value;
        if (key == "txnappid") out.txn_app_id = value;
        if (key == "txnversion") out.txn_version = transaction_version(value);
        if (key == "maxrecordsperfile")
            out.max_records_per_file = integer_option("maxRecordsPerFile", value);
        if (key == "compression") out.compression = value;
        if (key == "optimizewrite") out.optimize_write = bool_option("optimizeWrite", value);
        if (key == "partitionoverwritemode") {
            out.dynamic_partitions = asks_dynamic = is_dynamic(value);
        }
        if (key == "replaceusing") out.replace_using = column_names(value);
        if (key == "targetalias") out.target_alias = value;
        if (key == "replaceon") {
            out.replace_on = sql::parse_expression(value);
            out.replace_on_sql = value;
        }
        if (key == "replacewhere") {
            out.replace_where = replace_condition(value);
            out.replace_where_sql = value;
        }
    }
    if (asks_dynamic && out.replace_where)
        throw analysis_error("DELTA_REPLACE_WHERE_WITH_DYNAMIC_PARTITION_OVERWRITE", {});
    return out;
}

bool is_applied(
    Session& session, delta::Transaction& transaction, const DeltaWriteOptions& options) {
    if (options.txn_app_id.has_value() != options.txn_version.has_value()) {
        throw Error(ErrorKind::kIllegalArgument, "DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS",
            {{"reason",
                "Both txnVersion and txnAppId must be specified for idempotent data frame "
                "writes"}});
    }
    if (!options.txn_app_id) return false;
    auto last = transaction.read_transaction(*options.txn_app_id);
    if (last && *last >= *options.txn_version) return true;
    transaction.set_transaction(
        {*options.txn_app_id, *options.txn_version, session.platform().clock().now_ms()});
    bool resets = session.config().get_bool(
        "spark.databricks.delta.write.txnVersion.autoReset.enabled", false);
    if (resets) session.config().unset("spark.databricks.delta.write.txnVersion");
    return false;
}

void sign(Session& session, delta::Transaction& transaction, const DeltaWriteOptions& options) {
    transaction.set_user(session.user(), session.user());
    if (!options.user_metadata.empty()) transaction.set_user_metadata(options.user_metadata);
}

void sign(Session& session, delta::Transaction& transaction) {
    DeltaWriteOptions options;
    options.user_metadata =
        session.config().find("spark.databricks.delta.commitInfo.userMetadata").value_or("");
    sign(session, transaction, options);
}

}  // namespace hanok::commands
