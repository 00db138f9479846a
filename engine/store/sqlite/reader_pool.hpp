#pragma once
/// Connections for reading.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/sqlite/names.hpp"

namespace causeway::sqlite {

/// A read-only connection with the names that it has seen.
struct Reader {
    Reader(const std::string& file, const std::string& vfs) : db(file, Connection::Mode::read, vfs), names(db) {}

    Connection db;
    Names names;
};

/// Lends readers; opens one where none is free, and keeps a few. Threads: any.
class ReaderPool {
public:
    ReaderPool(std::string file, std::string vfs) : file_(std::move(file)), vfs_(std::move(vfs)) {}

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
    std::mutex mutex_;
    std::vector<std::unique_ptr<Reader>> free_;
};

}  // namespace causeway::sqlite
