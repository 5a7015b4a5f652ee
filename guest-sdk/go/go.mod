module proctor

go 1.24
