#pragma once
// A backend for tests of the service: ranges with rows, a query that runs until cancelled, one that
// fails.

#include <arrow/api.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/error.h"
#include "connect/backend.h"

namespace hanok::connect {

// spark.range(start, end) in batches of 1,000 rows. `end` -1: runs until it is cancelled, without
// rows.
class FakeStream final : public engine::ResultStream {
public:
    FakeStream(int64_t start, int64_t end, std::atomic<int64_t>& batches)
        : schema_(arrow::schema({arrow::field("id", arrow::int64(), false)})),
          next_(start),
          end_(end),
          batches_(batches) {}

    std::shared_ptr<arrow::Schema> schema() const override { return schema_; }
    std::shared_ptr<arrow::RecordBatch> next() override {
        if (end_ == -1) {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return cancelled_; });
            throw Error(ErrorKind::kSpark, "OPERATION_CANCELED");
        }
        if (next_ >= end_) return nullptr;
        int64_t stop = std::min(end_, next_ + 1000);
        arrow::Int64Builder builder;
        for (; next_ < stop; ++next_) (void)builder.Append(next_);
        auto column = builder.Finish().ValueOrDie();
        ++batches_;
        return arrow::RecordBatch::Make(schema_, column->length(), {column});
    }
    void cancel() override {
        std::lock_guard lock(mutex_);
        cancelled_ = true;
        wake_.notify_all();
    }
    std::vector<engine::ObservedMetrics> observed() const override {
        engine::ObservedMetrics m;
        m.name = "seen";
        m.keys = {"rows"};
        m.values = {types::int_value(next_)};
        m.types = {types::DataType::long_()};
        return {m};
    }
    std::vector<engine::OperatorMetrics> metrics() const override { return {}; }

private:
    const std::shared_ptr<arrow::Schema> schema_;
    int64_t next_;
    const int64_t end_;
    std::atomic<int64_t>& batches_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool cancelled_ = false;
};

class FakeSession final : public SessionBackend {
public:
    FakeSession(std::atomic<int64_t>& batches, std::atomic<int64_t>& open)
        : batches_(batches), open_(open) {
        ++open_;
    }
    ~FakeSession() override { --open_; }

    RunResult execute(const plan::RelationPtr& relation, const OperationContext&) override {
        RunResult out;
        out.schema = schema(relation);
        if (relation->kind == plan::RelationKind::kRange) {
            const auto& range = relation->as<plan::Range>();
            out.stream = std::make_unique<FakeStream>(range.start, range.end, batches_);
        } else {
            out.stream = std::make_unique<FakeStream>(0, 1, batches_);
        }
        return out;
    }
    RunResult run(const plan::CommandPtr& command, const OperationContext&) override {
        commands.push_back(command);
        RunResult out;
        out.schema = types::DataType::struct_({});
        return out;
    }
    // Every relation but a data source has the one column of a range.
    types::TypePtr schema(const plan::RelationPtr& relation) override {
        if (relation->kind == plan::RelationKind::kDataSource) {
            QueryContext context;
            context.is_dataframe = true;
            context.fragment = "load";
            context.call_site = "notebook.py:7";
            throw analysis_error(
                "PATH_NOT_FOUND", {{"path", relation->as<plan::DataSource>().paths.at(0)}})
                .with_context(context);
        }
        return types::DataType::struct_({{"id", types::DataType::long_(), false, ""}});
    }
    std::string explain(const plan::RelationPtr&, ExplainMode mode) override {
        return "mode " + std::to_string(static_cast<int>(mode));
    }
    std::string tree_string(const plan::RelationPtr&, std::optional<int> level) override {
        return "level " + std::to_string(level.value_or(-1));
    }
    bool is_local(const plan::RelationPtr&) override { return true; }
    bool is_streaming(const plan::RelationPtr&) override { return false; }
    std::vector<std::string> input_files(const plan::RelationPtr&) override {
        return {"file:/a", "file:/b"};
    }
    bool same_semantics(const plan::RelationPtr& a, const plan::RelationPtr& b) override {
        return a->kind == b->kind;
    }
    int32_t semantic_hash(const plan::RelationPtr& a) override {
        return static_cast<int32_t>(a->kind);
    }
    void persist(const plan::RelationPtr&, const StorageLevel& level) override { level_ = level; }
    void unpersist(const plan::RelationPtr&, bool) override { level_ = {}; }
    StorageLevel storage_level(const plan::RelationPtr&) override { return level_; }
    std::string checkpoint(const plan::RelationPtr&, bool eager, const OperationContext&) override {
        return eager ? "eager-1" : "lazy-1";
    }
    void drop_cached(const std::string&) override {}
    void add_file(const std::string& artifact, const std::string& bytes) override {
        std::lock_guard lock(mutex_);
        files[artifact] = bytes;
    }
    std::optional<std::string> config_get(const std::string& key) override {
        std::lock_guard lock(mutex_);
        auto it = config_.find(key);
        if (it != config_.end()) return it->second;
        return key == "spark.sql.session.timeZone" ? std::optional<std::string>("UTC")
                                                   : std::nullopt;
    }
    std::string config_set(const std::string& key, const std::string& value) override {
        if (key == "spark.static")
            throw analysis_error("CANNOT_MODIFY_STATIC_CONFIG", {{"key", key}});
        std::lock_guard lock(mutex_);
        config_[key] = value;
        return "";
    }
    void config_unset(const std::string& key) override {
        std::lock_guard lock(mutex_);
        config_.erase(key);
    }
    bool config_is_modifiable(const std::string& key) override { return key != "spark.static"; }
    std::map<std::string, std::string> config_all() override {
        std::lock_guard lock(mutex_);
        return config_;
    }
    sql::ParserOptions parser_options() override { return {}; }
    std::shared_ptr<SessionBackend> clone(const std::string&) override {
        auto out = std::make_shared<FakeSession>(batches_, open_);
        out->config_ = config_all();
        return out;
    }

    std::vector<plan::CommandPtr> commands;
    std::map<std::string, std::string> files;  // that the client added

private:
    std::atomic<int64_t>& batches_;
    std::atomic<int64_t>& open_;
    std::mutex mutex_;
    std::map<std::string, std::string> config_;
    StorageLevel level_;
};

class FakeBackend final : public Backend {
public:
    std::shared_ptr<SessionBackend> open_session(const std::string&, const std::string&) override {
        auto session = std::make_shared<FakeSession>(batches, open_sessions);
        last_session = session;
        return session;
    }

    std::atomic<int64_t> batches{0};  // made by all streams
    std::atomic<int64_t> open_sessions{0};
    std::weak_ptr<FakeSession> last_session;
};

}  // namespace hanok::connect
