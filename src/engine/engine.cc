#include "engine/engine.h"

#include <arrow/api.h>

#include <duckdb/parser/statement/explain_statement.hpp>
#include <mutex>

#include "base/error.h"
#include "engine/arrow_result/arrow_schema.h"
#include "engine/delta_parquet.h"
#include "engine/errors/duckdb_error.h"
#include "engine/explain_text.h"
#include "engine/io/scan.h"
#include "engine/io/write.h"
#include "engine/observed_scope.h"
#include "engine/python/data_sources.h"
#include "engine/query.h"
#include "engine/types/logical_types.h"
#include "python/worker_pool.h"

namespace hanok::engine {

namespace {

class DuckResultStream final : public ResultStream {
public:
    DuckResultStream(
        InstancePtr instance, const resolved::PlanPtr& plan, const QueryContext& context)
        : query_(std::move(instance), plan, context),
          schema_(to_arrow_schema(query_.columns(), context)),
          builder_(schema_, query_.types(), query_.client()),
          max_batch_bytes_(context.max_batch_bytes) {}

    std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

    std::shared_ptr<arrow::RecordBatch> next() override {
        if (ended_) return nullptr;
        while (auto chunk = query_.fetch()) {
            builder_.append(*chunk);
            if (builder_.size_bytes() >= max_batch_bytes_) return builder_.finish();
        }
        ended_ = true;
        observed_ = query_.observe();
        return builder_.empty() ? nullptr : builder_.finish();
    }

    void cancel() override { query_.cancel(); }
    std::vector<ObservedMetrics> observed() const override { return observed_; }
    std::vector<OperatorMetrics> metrics() const override { return query_.metrics(); }

private:
    Query query_;
    std::shared_ptr<arrow::Schema> schema_;
    BatchBuilder builder_;
    int64_t max_batch_bytes_;
    bool ended_ = false;
    std::vector<ObservedMetrics> observed_;
};

class DuckEngine final : public Engine, public PythonEngine {
public:
    explicit DuckEngine(const EngineOptions& options)
        : holder_(std::make_shared<Holder>(options)),
          python_sources_(make_python_sources([holder = holder_] { return holder->get(); })) {}

    std::unique_ptr<ResultStream> execute(
        const resolved::PlanPtr& plan, const QueryContext& context) override {
        return std::make_unique<DuckResultStream>(instance(), plan, context);
    }

    std::vector<std::vector<types::Value>> collect(
        const resolved::PlanPtr& plan, const QueryContext& context, int64_t max_rows) override {
        Query query(instance(), plan, context);
        std::vector<std::vector<types::Value>> rows;
        while (auto chunk = query.fetch()) {
            for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
                if (static_cast<int64_t>(rows.size()) >= max_rows) return rows;
                std::vector<types::Value> values;
                for (size_t i = 0; i < query.columns().size(); ++i)
                    values.push_back(
                        from_duckdb_value(chunk->GetValue(i, row), *query.columns()[i].type));
                rows.push_back(std::move(values));
            }
        }
        return rows;
    }

    std::vector<WrittenFile> write(const resolved::PlanPtr& plan, const WriteSpec& spec,
        const QueryContext& context, const std::function<bool()>& is_cancelled) override {
        auto instance = this->instance();
        auto lease = instance->acquire();
        std::vector<WrittenFile> files;
        std::vector<Observation> observations;
        with_lowered(plan, context, *instance, [&](LoweredQuery& lowered) {
            guarded(*instance, [&] {
                files = write_files({*lease, std::move(lowered.node), lowered.columns,
                    lowered.names, spec, context, is_cancelled});
            });
            observations = std::move(lowered.observations);
        });
        ObservedScope::note(observed_metrics(observations, instance, context));
        return files;
    }

    void materialize(const std::string& key, const resolved::PlanPtr& plan,
        const QueryContext& context) override {
        auto instance = this->instance();
        auto lease = instance->acquire();
        with_lowered(plan, context, *instance, [&](LoweredQuery& lowered) {
            guarded(*instance, [&] {
                auto result = lease->Query(select_statement(std::move(lowered.node)),
                    duckdb::QueryResultMemoryType::BUFFER_MANAGED);
                if (result->HasError()) result->ThrowError();
                auto rows = std::make_shared<MaterializedRows>();
                rows->rows = result->TakeCollection();
                instance->keep_materialized(key, std::move(rows));
            });
        });
    }

    void drop_materialized(const std::string& key) override { instance()->drop_materialized(key); }
    bool is_materialized(const std::string& key) const override {
        return instance()->materialized(key) != nullptr;
    }

    std::string explain(
        const resolved::PlanPtr& plan, const QueryContext& context, bool analyze) override {
        auto instance = this->instance();
        auto lease = instance->acquire();
        std::string text;
        std::string notes;
        with_lowered(plan, context, *instance, [&](LoweredQuery& lowered) {
            for (const auto& note : lowered.notes) notes += note + "\n";
            guarded(*instance, [&] {
                auto type = analyze ? duckdb::ExplainType::EXPLAIN_ANALYZE
                                    : duckdb::ExplainType::EXPLAIN_STANDARD;
                auto format = analyze ? duckdb::ExplainFormat::DEFAULT
                                      : duckdb::ExplainFormat::JSON;
                auto result = lease->Query(duckdb::make_uniq<duckdb::ExplainStatement>(
                    select_statement(std::move(lowered.node)), type, format));
                if (result->HasError()) result->ThrowError();
                for (duckdb::idx_t row = 0; row < result->RowCount(); ++row)
                    text += result->GetValue(1, row).ToString();
            });
        });
        return notes + (analyze ? text : physical_plan_text(text, *plan));
    }

    types::TypePtr infer_schema(const std::string& format, const std::vector<std::string>& files,
        const std::map<std::string, std::string>& options, const QueryContext& context) override {
        auto instance = this->instance();
        auto lease = instance->acquire();
        types::TypePtr schema;
        guarded(*instance,
            [&] { schema = infer_file_schema(*lease, format, files, options, context); });
        return schema;
    }

    std::shared_ptr<delta::CheckpointReader> checkpoint_reader() override {
        return make_checkpoint_reader([holder = holder_] { return holder->get(); });
    }
    std::shared_ptr<delta::CheckpointWriter> checkpoint_writer() override {
        return make_checkpoint_writer([holder = holder_] { return holder->get(); });
    }

    PythonSources& python_sources() override { return *python_sources_; }
    void unpack_archive(
        const std::string& file, const std::string& name, const std::string& folder) override {
        instance()->workers()->unpack(file, name, folder);
    }
    void forget_folder(const std::string& folder) override {
        instance()->workers()->forget(folder);
    }

    int64_t memory_used_bytes() const override { return instance()->memory_used_bytes(); }
    std::string version() const override { return duckdb::DuckDB::LibraryVersion(); }

private:
    // The instance for new queries: after a fatal error, a fresh one.
    class Holder {
    public:
        explicit Holder(const EngineOptions& options)
            : options_(options), instance_(Instance::open(options)) {
            options_.workers = instance_->workers();
        }
        InstancePtr get() {
            std::lock_guard lock(mutex_);
            if (instance_->is_broken()) instance_ = Instance::open(options_);
            return instance_;
        }

    private:
        EngineOptions options_;
        std::mutex mutex_;  // guards instance_
        InstancePtr instance_;
    };

    InstancePtr instance() const { return holder_->get(); }

    template <class F>
    static void guarded(Instance& instance, F&& f) {
        try {
            f();
        } catch (const Error&) {
            throw;
        } catch (const std::exception& e) {
            duckdb::ErrorData error(e);
            if (is_fatal(error)) instance.mark_broken();
            throw translate_error(error);
        }
    }

    std::shared_ptr<Holder> holder_;
    std::unique_ptr<PythonSources> python_sources_;
};

}  // namespace

PythonEngine& python_engine(Engine& engine) { return dynamic_cast<PythonEngine&>(engine); }
PythonSources& python_sources(Engine& engine) { return python_engine(engine).python_sources(); }

std::unique_ptr<Engine> Engine::open(const EngineOptions& options) {
    return std::make_unique<DuckEngine>(options);
}

}  // namespace hanok::engine
