#pragma once
/// Connections for reading.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/sqlite/history.hpp"
#include "store/sqlite/names.hpp"

namespace causeway::sqlite {

/// A read-only connection, and what reads through it.
struct Reader {
    Reader(const std::string& file, const std::string& vfs, Shared& with)
        : db(file, Connection::Mode::read, vfs), names(db), shared(with), history(db, with) {}

    Connection db;
    Names names;
    Shared& shared;
    History history;
};

/// Lends readers; opens one where none is free, and keeps a few. Threads: any.
class ReaderPool {
public:
    ReaderPool(std::string file, std::string vfs, Shared& shared)
        : file_(std::move(file)), vfs_(std::move(vfs)), shared_(shared) {}

    /// Gives the reader back at the end of its life.
    class Lease {
    public:
        Lease(ReaderPool& pool, std::unique_ptr<Reader> reader) : pool_(pool), reader_(std::move(reader)) {}
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() { pool_.give_back(std::move(reader_)); }
        Reader& operator*() const { return *reader_; }
        Reader* operator->() const { return reader_.get(); }

    private:
        ReaderPool& pool_;
        std::unique_ptr<Reader> reader_;
    };

    /// May throw SqlError.
    Lease borrow();

private:
    void give_back(std::unique_ptr<Reader> reader);

    const std::string file_;
    const std::string vfs_;
    Shared& shared_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Reader>> free_;
};

}  // namespace causeway::sqlite
