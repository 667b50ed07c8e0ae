// Options of writes, from the statement and the session; and who made a commit.

#include "base/error.h"
#include "commands/delta_write.h"
#include "sql/parser.h"

namespace hanok::commands {

namespace {

bool says_true(const std::string& text) { return types::to_lower(text) == "true"; }

int64_t integer_option(const std::string& key, const std::string& value) {
    char* end = nullptr;
    int64_t n = std::strtoll(value.c_str(), &end, 10);
    if (value.empty() || *end != '\0') {
        throw Error(ErrorKind::kIllegalArgument, "DELTA_ILLEGAL_OPTION",
            {{"name", key}, {"input", value}, {"explain", "must be an integer"}});
    }
    return n;
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
        out.txn_version = integer_option("txnVersion", *version);
    for (const auto& [name, value] : options) {
        std::string key = types::to_lower(name);
        if (key == "mergeschema") out.merge_schema = says_true(value);
        if (key == "overwriteschema") out.overwrite_schema = says_true(value);
        if (key == "usermetadata") out.user_metadata = value;
        if (key == "txnappid") out.txn_app_id = value;
        if (key == "txnversion") out.txn_version = integer_option(name, value);
        if (key == "maxrecordsperfile") out.max_records_per_file = integer_option(name, value);
        if (key == "compression") out.compression = value;
        if (key == "optimizewrite") out.optimize_write = says_true(value);
        if (key == "partitionoverwritemode") {
            std::string mode = types::to_lower(value);
            if (mode != "static" && mode != "dynamic") {
                throw Error(ErrorKind::kIllegalArgument, "DELTA_ILLEGAL_OPTION",
                    {{"name", name}, {"input", value}, {"explain", "must be STATIC or DYNAMIC"}});
            }
            out.dynamic_partitions = mode == "dynamic";
        }
        if (key == "replaceusing") out.replace_using = column_names(value);
        if (key == "targetalias") out.target_alias = value;
        if (key == "replaceon") {
            out.replace_on = sql::parse_expression(value);
            out.replace_on_sql = value;
        }
        if (key == "replacewhere") {
            out.replace_where = sql::parse_expression(value);
            out.replace_where_sql = value;
        }
    }
    return out;
}

bool is_applied(
    Session& session, delta::Transaction& transaction, const DeltaWriteOptions& options) {
    if (options.txn_app_id.has_value() != options.txn_version.has_value()) {
        throw Error(ErrorKind::kIllegalArgument, "DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS",
            {{"reason", "Both txnAppId and txnVersion must be given"}});
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
